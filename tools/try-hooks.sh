#!/bin/sh
# Tries the pre-commit hooks as they are published: pre-commit installs complygate from the last commit, with
# all it needs, and runs both hooks in a new repository. Needs the package index, and about a minute.
#
#   PRE_COMMIT  the pre-commit to run  (default: pre-commit)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
pre_commit=${PRE_COMMIT:-pre-commit}
case $pre_commit in
  */*) pre_commit=$(cd "$(dirname "$pre_commit")" && pwd)/$(basename "$pre_commit") ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PRE_COMMIT_HOME="$work/cache"
cp -R "$root/examples/storefront" "$work/storefront"
cd "$work/storefront"
git init --quiet
git add .

for hook in complygate complygate-all; do
  echo "== $hook"
  code=0
  "$pre_commit" try-repo "$root" "$hook" --ref HEAD --all-files --color=never >"$work/log" 2>&1 || code=$?
  tail -n 25 "$work/log"
  if [ "$code" -ne 1 ] || ! grep -q '^- exit code: 1$' "$work/log"; then
    echo "$hook was to fail with exit code 1 on the storefront" >&2
    exit 1
  fi
done
echo "Both hooks installed, ran, and stopped the commit as they should."
