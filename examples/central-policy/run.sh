#!/bin/sh
# One policy for three teams, from the first signed version to an attestation, with what an attacker would try
# in between. Everything happens in a temporary folder, with real git repositories and keys made on the spot.
# Each step says what it does and why; the script ends at the first step that does not end as it should.
#
#   sh examples/central-policy/run.sh
#
#   COMPLYGATE  the complygate to run (default: complygate); attestations need complygate[sign]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
COMPLYGATE=${COMPLYGATE:-complygate}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$here/lib.sh"

# What CI sets for every team, outside their repositories. No variable of yours has a say here.
unset COMPLYGATE_POLICY COMPLYGATE_LOCK COMPLYGATE_BASE COMPLYGATE_ALLOWED_SOURCES COMPLYGATE_SIGNING_KEY
export COMPLYGATE_CACHE_DIR="$work/cache" COMPLYGATE_ALLOWED_SIGNERS="$work/allowed_signers"
today=$(in_days 0) warn=$(in_days 30) enforce=$(in_days 60) expires=$(in_days 80) after=$(in_days 81)
policy="git+file://$work/policies.git"

step "A policy repository with a signed version" \
  "The security team keeps one policy set in git and signs each version. Who may sign stands in a file that CI brings along: no repository can change it. The lock pins what was looked at."
mkdir "$work/keys"
key security
key mallory
key ci
printf 'security@harrowvale.example namespaces="git" %s\n' "$(cat "$work/keys/security.pub")" >"$work/allowed_signers"
cp -R "$here/policy" "$work/policies.git"
git_ "$work/policies.git" init -q
release 1
expect 0 "$COMPLYGATE" policy lock --policy "$policy@v1" --lock "$work/policy.lock"
expect 0 "$COMPLYGATE" policy verify --policy "$policy@v1" --lock "$work/policy.lock"
expect 0 "$COMPLYGATE" policy show --policy "$policy@v1"

step "Three teams, one verdict" \
  "Every team's CI runs the same scan by the same version. Payments and storefront comply; the agent of observability runs privileged, and is blocked with the line and the remedy."
for team in payments storefront observability; do
  cp -R "$here/teams/$team" "$work/$team"
  git_ "$work/$team" init -q
  git_ "$work/$team" remote add origin "https://git.harrowvale.example/harrowvale/$team"
  commit "$team" "First version"
done
expect 0 "$COMPLYGATE" scan "$work/payments" --policy "$policy@v1"
expect 0 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v1"
expect 1 "$COMPLYGATE" scan "$work/observability" --policy "$policy@v1"

step "A waiver that ends" \
  "Observability asks for time. Security grants it in the policy set, signed as version 2: for this rule, this repository, this resource, with a reason and a last day. The finding stays in every report, as waived; the day after, on $after, it blocks again. Version 1 knows nothing of it."
release 2 "$here/changes/waiver"
expect 0 "$COMPLYGATE" policy lock --policy "$policy@v2" --lock "$work/policy.lock"
expect 0 "$COMPLYGATE" scan "$work/observability" --policy "$policy@v2" --lock "$work/policy.lock"
expect 1 "$COMPLYGATE" scan "$work/observability" --policy "$policy@v2" --as-of "$after"

step "What a change would do, before it is released" \
  "Security wants actions to be pinned. The draft is compared with version 2 over the teams' repositories: can it fail one that passed, which, from which day, and whose findings are they? This is a comment on the pull request to the policy."
cp -R "$work/policies.git" "$work/draft"
rm -rf "$work/draft/.git"
cp -R "$here/changes/calendar/." "$work/draft/"
dated "$work/draft/policies/house.yaml"
expect 0 "$COMPLYGATE" policy diff "$policy@v2" "$work/draft" "$work/payments" "$work/storefront" "$work/observability"
expect 1 "$COMPLYGATE" policy diff "$policy@v2" "$work/draft" --exit-code

step "A change, rolled out by date" \
  "Nobody objected to the dates, and version 3 brings the change: recorded now, shown from $warn on, blocking from $enforce on. Today storefront still passes, and is told the day; --as-of shows what that day brings."
release 3 "$here/changes/calendar"
expect 0 "$COMPLYGATE" policy lock --policy "$policy@v3" --lock "$work/policy.lock"
expect 0 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v3" --lock "$work/policy.lock"
expect 0 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v3" --as-of "$warn"
expect 1 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v3" --as-of "$enforce"

step "Attempts to loosen, in a pull request" \
  "A pull request makes the ledger privileged, and brings what it thinks it needs for that: a .complygate.yaml that lowers the rule and leaves the folder out, an ignore comment, and a waiver of its own in the name of security. The policy allows none of it. The finding blocks, and each attempt is reported with its line. What tightens, a further rule that the same file adds, applies."
cp -R "$work/payments" "$work/payments-pr"
cp -R "$here/attempts/." "$work/payments-pr/"
dated "$work/payments-pr/.complygate/waivers/ours.yaml"
commit payments-pr "Run the ledger with more rights"
expect 1 "$COMPLYGATE" scan "$work/payments-pr" --policy "$policy@v3"

step "Attack: back to an older version" \
  "Somebody has CI ask for version 1, which knows nothing of pinned actions. Its signature is good. The lock does not have it; and the source itself says, on its default branch, which versions are still good."
expect 2 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v1" --lock "$work/policy.lock"
echo 2 >"$work/policies.git/minimum-serial"
git_ "$work/policies.git" add .
git_ "$work/policies.git" commit -q -S -m "Withdraw version 1"
expect 2 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v1"

step "Attack: an old version under a new name" \
  "Who can write refs lets v9 point at the signed tag v1. git verify-tag finds a good signature; but the tag says itself that it was made as v1."
git_ "$work/policies.git" update-ref refs/tags/v9 "$(git_ "$work/policies.git" rev-parse v1)"
expect 2 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v9"

step "Attack: a version signed by somebody else" \
  "Mallory signs a version of her own, and then moves the tag v3 to an older commit. Her key is not among the allowed signers; and the lock knows which object v3 was."
signing=mallory
git_ "$work/policies.git" tag -s v4 -m "Version 4"
expect 2 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v4"
good=$(git_ "$work/policies.git" rev-parse v3)
git_ "$work/policies.git" tag -f -s v3 -m "Version 3, moved" "v1^{commit}" >"$work/out"
expect 2 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v3" --lock "$work/policy.lock"
git_ "$work/policies.git" update-ref refs/tags/v3 "$good"
signing=security

step "An attestation, for the deployment" \
  "A protected job signs what the scan found of a commit. The deploy step checks it without network: who signed, which commit, which policy, and that it passed. That of observability rests on the waiver, and holds no longer than it."
for team in payments observability; do
  expect 0 "$COMPLYGATE" scan "$work/$team" --policy "$policy@v3" --lock "$work/policy.lock" -q -o "json=$work/$team.json"
  expect 0 "$COMPLYGATE" attest --report "$work/$team.json" --key "$work/keys/ci" --root "$work/$team"
  expect 0 "$COMPLYGATE" verify "$work/$team.intoto.jsonl" --key "$work/keys/ci.pub" --root "$work/$team" --policy "$policy@*" --policy-signer security@harrowvale.example
done

step "What the deployment refuses" \
  "The commit of the pull request has no attestation of its own. One that somebody else signed is not believed. One that says FAILED is genuine, and stops the deployment all the same."
head=$(git_ "$work/payments-pr" rev-parse HEAD)
expect 1 "$COMPLYGATE" verify "$work/payments.intoto.jsonl" --key "$work/keys/ci.pub" --commit "$head" --policy "$policy@*"
expect 3 "$COMPLYGATE" verify "$work/payments.intoto.jsonl" --key "$work/keys/mallory.pub" --root "$work/payments" --policy "$policy@*"
expect 1 "$COMPLYGATE" scan "$work/payments-pr" --policy "$policy@v3" -q -o "json=$work/pr.json"
expect 0 "$COMPLYGATE" attest --report "$work/pr.json" --key "$work/keys/ci" --root "$work/payments-pr"
expect 1 "$COMPLYGATE" verify "$work/pr.intoto.jsonl" --key "$work/keys/ci.pub" --commit "$head" --policy "$policy@*"

printf '\nAll %s steps ended as they should.\n' "$number"
