#!/usr/bin/env bash
# Exits with the scan's exit code. A scan that left none did not end, and that is no pass.
#
# Reads EXIT_CODE, VERDICT.
set -euo pipefail

case ${EXIT_CODE:-} in
  0) echo "complygate: ${VERDICT:-pass}" ;;
  1) echo "complygate: fail. The findings are in the log of the scan and in the job's summary." ;;
  2) echo "complygate: usage or policy error. Nothing was judged; the log of the scan says why." ;;
  3) echo "complygate: undecided. The log of the scan says what could not be decided." ;;
  *) echo "complygate: the scan did not end (${EXIT_CODE:-no exit code}). Nothing was decided." ;;
esac
if [[ ${EXIT_CODE:-} =~ ^[0-9]{1,3}$ ]]; then
  exit "$EXIT_CODE"
fi
exit 4
