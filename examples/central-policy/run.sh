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
today=$(in_days 0) warn=$(in_days 30) enforce=$(in_days 60) expires=$(in_days 80)
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
  commit "$team" "First version"
done
expect 0 "$COMPLYGATE" scan "$work/payments" --policy "$policy@v1"
expect 0 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v1"
expect 1 "$COMPLYGATE" scan "$work/observability" --policy "$policy@v1"

step "A change, rolled out by date" \
  "Version 2 asks for pinned actions: recorded now, shown from $warn on, blocking from $enforce on. Today storefront still passes, and is told the day; --as-of shows what that day brings."
release 2 "$here/changes/calendar"
expect 0 "$COMPLYGATE" policy lock --policy "$policy@v2" --lock "$work/policy.lock"
expect 0 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v2" --lock "$work/policy.lock"
expect 0 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v2" --as-of "$warn"
expect 1 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v2" --as-of "$enforce"

step "An attempt to switch a rule off in place" \
  "A developer of observability writes an ignore comment. The policy lets nobody excuse this rule there, so the comment does nothing, and the report says so."
cp "$work/observability/deploy/agent.yaml" "$work/agent.yaml"
sed 's|privileged: true|privileged: true  # complygate: ignore[kubernetes/privileged] we need it|' \
  "$work/agent.yaml" >"$work/observability/deploy/agent.yaml"
expect 1 "$COMPLYGATE" scan "$work/observability" --policy "$policy@v2"
cp "$work/agent.yaml" "$work/observability/deploy/agent.yaml"

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
  "Mallory signs a version of her own, and then moves the tag v2 to an older commit. Her key is not among the allowed signers; and the lock knows which object v2 was."
signing=mallory
git_ "$work/policies.git" tag -s v3 -m "Version 3"
expect 2 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v3"
good=$(git_ "$work/policies.git" rev-parse v2)
git_ "$work/policies.git" tag -f -s v2 -m "Version 2, moved" "v1^{commit}" >"$work/out"
expect 2 "$COMPLYGATE" scan "$work/storefront" --policy "$policy@v2" --lock "$work/policy.lock"
git_ "$work/policies.git" update-ref refs/tags/v2 "$good"
signing=security

step "An attestation, for the deployment" \
  "A protected job signs what the scan found of a commit. The deploy step checks it without network: who signed, which commit, which policy, and that it passed."
app=git+https://git.harrowvale.example/payments/ledger
expect 0 "$COMPLYGATE" scan "$work/payments" --policy "$policy@v2" --lock "$work/policy.lock" -q -o "json=$work/payments.json"
expect 0 "$COMPLYGATE" attest --report "$work/payments.json" --key "$work/keys/ci" --root "$work/payments" --resource-uri "$app"
head=$(git_ "$work/payments" rev-parse HEAD)
expect 0 "$COMPLYGATE" verify "$work/payments.intoto.jsonl" --key "$work/keys/ci.pub" --commit "$head" --policy "$policy@*" --policy-signer security@harrowvale.example

step "What the deployment refuses" \
  "The next commit has no attestation of its own; one that Mallory signed is not believed; and one that says FAILED is genuine, and stops the deployment all the same."
git_ "$work/payments" commit -q --allow-empty -m "Next"
next=$(git_ "$work/payments" rev-parse HEAD)
expect 1 "$COMPLYGATE" verify "$work/payments.intoto.jsonl" --key "$work/keys/ci.pub" --commit "$next" --policy "$policy@*"
expect 3 "$COMPLYGATE" verify "$work/payments.intoto.jsonl" --key "$work/keys/mallory.pub" --commit "$head" --policy "$policy@*"
expect 1 "$COMPLYGATE" scan "$work/observability" --policy "$policy@v2" -q -o "json=$work/observability.json"
expect 0 "$COMPLYGATE" attest --report "$work/observability.json" --key "$work/keys/ci" --root "$work/observability" --resource-uri "$app"
head=$(git_ "$work/observability" rev-parse HEAD)
expect 1 "$COMPLYGATE" verify "$work/observability.intoto.jsonl" --key "$work/keys/ci.pub" --commit "$head" --policy "$policy@*"

printf '\nAll %s steps ended as they should.\n' "$number"
