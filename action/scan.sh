#!/usr/bin/env bash
# Scans once and writes every report. Succeeds whatever the verdict: the exit code goes to the output
# exit-code, and the action's last step exits with it.
#
# Reads INPUT_POLICY, INPUT_PATHS, INPUT_BASE, INPUT_SOFT_FAIL, INPUT_SARIF_FILE, INPUT_SUMMARY,
# INPUT_ANNOTATIONS.
set -euo pipefail

# GitHub refuses a summary above 1 MiB.
readonly summary_limit=1000000

random() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# The delimiter is random, so that no value can end its own output and start another.
output() {
  local delimiter
  delimiter="end-$(random)"
  printf '%s<<%s\n%s\n%s\n' "$1" "$delimiter" "$2" "$delimiter" >>"$GITHUB_OUTPUT"
}

# PYTHONSAFEPATH keeps the workspace, which is the current folder, off the import path.
complygate() {
  PYTHONSAFEPATH=1 PYTHONPATH="$GITHUB_ACTION_PATH/src" \
    "$RUNNER_TEMP/complygate-venv/bin/python" -m complygate "$@"
}

# Prints the verdict and the counts of a JSON report on one line.
verdict_of() {
  "$RUNNER_TEMP/complygate-venv/bin/python" -I -c '
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    verdict = json.load(file)["verdict"]
print(*(verdict[key] for key in ("outcome", "blocking", "warning", "waived", "problems")))
' "$1"
}

reports=$(mktemp -d "$RUNNER_TEMP/complygate.XXXXXXXX")
sarif=${INPUT_SARIF_FILE:-$reports/complygate.sarif}
# What stands there before the scan did not come from it and must not be uploaded.
rm -f -- "$sarif"

paths=()
while IFS= read -r path; do
  path=${path%$'\r'}
  if [[ -n $path ]]; then
    paths+=("$path")
  fi
done <<<"$INPUT_PATHS"

options=(
  "--policy=$INPUT_POLICY"
  --sarif-profile=github
  "--output=sarif=$sarif"
  "--output=json=$reports/report.json"
  "--output=markdown=$reports/summary.md"
  "--output=github=$reports/annotations.log"
)
if [[ -n $INPUT_BASE ]]; then
  options+=("--base=$INPUT_BASE")
fi
if [[ $INPUT_SOFT_FAIL == true ]]; then
  options+=(--soft-fail)
fi

# The report quotes the scanned files, and a line of theirs may look like a command to the runner.
token=$(random)
echo "::stop-commands::$token"
code=0
complygate scan "${options[@]}" -- ${paths[@]+"${paths[@]}"} 2>&1 || code=$?
printf '\n::%s::\n' "$token"

# Any other code means that nothing was judged; what may have been written then is no report.
verdict=error blocking=0 warning=0 waived=0 problems=0 json=""
if [[ $code == [013] ]]; then
  json=$reports/report.json
  read -r verdict blocking warning waived problems < <(verdict_of "$json")
else
  sarif=""
fi

if [[ $INPUT_ANNOTATIONS == true && -s $reports/annotations.log ]]; then
  cat -- "$reports/annotations.log"
fi

if [[ $INPUT_SUMMARY == true && -s $reports/summary.md ]]; then
  size=$(wc -c <"$reports/summary.md")
  if ((size <= summary_limit)); then
    cat -- "$reports/summary.md" >>"$GITHUB_STEP_SUMMARY"
  else
    echo "complygate: $verdict. The report is too long for a summary; see the log." >>"$GITHUB_STEP_SUMMARY"
  fi
fi

output exit-code "$code"
output verdict "$verdict"
output sarif-file "$sarif"
output json-file "$json"
output blocking "$blocking"
output warning "$warning"
output waived "$waived"
output problems "$problems"
