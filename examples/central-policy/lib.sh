# Helpers of run.sh: what a step prints, which exit code it must have, and git with nobody's settings.

number=0
step() { # TITLE WHY: begin a step
  number=$((number + 1))
  printf '\n== %s. %s\n\n' "$number" "$1"
  printf '%s\n\n' "$2" | fold -s -w 100
}

# Print a command and run it; succeed only if it exits with CODE. Temporary paths are shown short.
expect() { # CODE COMMAND...
  want=$1
  shift
  printf '$ %s\n' "$*" | sed "s|$COMPLYGATE|complygate|; s|$work/||g"
  got=0
  "$@" >"$work/out" 2>&1 || got=$?
  sed "s|$work/||g; s|^|    |; s|^ *\$||" "$work/out"
  if [ "$got" -ne "$want" ]; then
    echo "The example failed: exit code $got, and $want was to be." >&2
    exit 1
  fi
  printf '    (exit code %s)\n' "$got"
}

# git as anybody's machine has it: no settings but these, and the commits signed with the key $signing.
git_() { # FOLDER ARGUMENTS...
  folder=$1
  shift
  GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git -C "$folder" \
    -c user.name=Example -c user.email=example@harrowvale.example -c init.defaultBranch=main \
    -c gpg.format=ssh -c user.signingKey="$work/keys/${signing:-security}" "$@"
}

key() { # NAME: make an Ed25519 key
  ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$work/keys/$1"
}

# Put real days in the place of @TODAY@ and its like.
dated() { # FILE
  sed "s/@TODAY@/$today/; s/@WARN@/$warn/g; s/@ENFORCE@/$enforce/g; s/@EXPIRES@/$expires/" "$1" >"$work/out"
  cat "$work/out" >"$1"
}

# Copy files over the policy, raise its serial, and release it: a signed commit and a signed tag.
release() { # SERIAL [FOLDER]
  if [ -n "${2:-}" ]; then
    cp -R "$2/." "$work/policies.git/"
  fi
  sed "s/^serial: .*/serial: $1/" "$work/policies.git/policyset.yaml" >"$work/out"
  cat "$work/out" >"$work/policies.git/policyset.yaml"
  for file in "$work"/policies.git/*/*.yaml; do
    dated "$file"
  done
  git_ "$work/policies.git" add .
  git_ "$work/policies.git" commit -q -S -m "Version $1"
  git_ "$work/policies.git" tag -s "v$1" -m "Version $1"
}

commit() { # TEAM MESSAGE: commit all of a team's repository
  git_ "$work/$1" add .
  git_ "$work/$1" commit -q -m "$2"
}

in_days() { # DAYS: print the date; GNU date, else that of BSD and macOS
  date -u -d "+$1 days" +%Y-%m-%d 2>/dev/null || date -u -v "+$1d" +%Y-%m-%d
}
