#!/bin/sh
# Shows the gate at work on examples/storefront, by the policy of examples/adoption: what is certain blocks, what is
# only serious is shown.
# Succeeds only if the gate fails with exit code 1, as it should: any other code fails the demo.
#
#   COMPLYGATE  the complygate to run          (default: complygate)
#   DEMO_OUT    where the files are written    (default: demo-out)
set -u
cd "$(dirname "$0")/.." || exit 1

complygate=${COMPLYGATE:-complygate}
out=${DEMO_OUT:-demo-out}
mkdir -p "$out" || exit 1
rm -f "$out/storefront.sarif" "$out/storefront.json"

echo "\$ complygate scan examples/storefront --policy examples/adoption" \
  "-o sarif=$out/storefront.sarif -o json=$out/storefront.json"
echo
"$complygate" scan examples/storefront --policy examples/adoption \
  -o "sarif=$out/storefront.sarif" -o "json=$out/storefront.json"
code=$?

echo
if [ "$code" -ne 1 ]; then
  echo "The demo failed: the gate was to exit with 1 (fail) and exited with $code." >&2
  exit 1
fi
for file in "$out/storefront.sarif" "$out/storefront.json"; do
  if [ ! -s "$file" ]; then
    echo "The demo failed: $file was not written." >&2
    exit 1
  fi
done

cat <<END
The gate exited with 1: the storefront breaks rules that the policy enforces, so a required check
would block this change. That is what the demo is meant to show, and the demo itself succeeded.

  $out/storefront.sarif    the report for GitHub code scanning and other SARIF readers
  $out/storefront.json     the report for programs
END
