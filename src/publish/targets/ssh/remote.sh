# Functions for the programs that bulletin runs on a server with `sh`: POSIX, so that they run on Linux, BSD, macOS and BusyBox. A program
# consists of these functions and `main`, which is called in the last line: what was cut off on the way is not run at all.
# The answer is lines of text; `NAME SIZE` is followed by so many bytes. It begins with `bulletin` and ends with `end` or `error CODE MESSAGE`.

LC_ALL=C
export LC_ALL

fail() {
  printf 'error %s %s\n' "$1" "$2"
  exit 3
}

# Runs a command; on failure, its first message is the answer.
try() {
  if ! message=$("$@" 2>&1); then
    fail failed "$(printf '%s\n' "$message" | head -n 1)"
  fi
}

# Goes to the folder of the target. Links could lead anywhere, so none is taken for one of bulletin's folders.
enter() {
  [ -d "$1" ] || fail missing "$1"
  cd "$1" 2>/dev/null || fail denied "$1"
  for folder in releases .bulletin .bulletin/records .bulletin/lock; do
    [ ! -L "$folder" ] || fail link "$folder"
    [ -d "$folder" ] || [ ! -e "$folder" ] || fail in-the-way "$folder"
  done
}

# lock DIR RUN OWNER FORCE: a folder is made by one of several programs only. Whoever holds it touches it; after two minutes without, it is
# left behind by a server that was switched off.
lock() {
  if [ ! -d "$1" ]; then
    [ -d "$(dirname "$1")" ] || fail missing "$1"
    try mkdir "$1"
  fi
  enter "$1"
  try mkdir -p releases .bulletin/records
  if ! message=$(mkdir .bulletin/lock 2>&1); then
    [ -d .bulletin/lock ] || fail failed "$message"
    old=$(find .bulletin/lock -prune -mmin +2 2>/dev/null)
    if [ -z "$old" ] && [ "$4" = no ]; then
      fail locked "$(head -n 1 .bulletin/lock/owner 2>/dev/null)"
    fi
    mv .bulletin/lock ".bulletin/lock-$2" 2>/dev/null
    rm -rf ".bulletin/lock-$2"
    mkdir .bulletin/lock 2>/dev/null || fail locked ""
  fi
  held=$2
  trap 'if holds "$held"; then rm -rf .bulletin/lock; fi' EXIT
  trap 'exit 1' HUP PIPE TERM
  printf '%s\n' "$3" >.bulletin/lock/owner
  printf '%s\n' "$2" >.bulletin/lock/run
  holds "$2" || fail lost ""
}

holds() {
  [ "$(cat .bulletin/lock/run 2>/dev/null)" = "$1" ]
}

# begin DIR RUN: for programs that change something.
begin() {
  enter "$1"
  holds "$2" || fail lost ""
}

# Keeps the lock while lines arrive. Their end is that of the connection.
keep() {
  while read -r beat; do
    if holds "$1"; then touch .bulletin/lock 2>/dev/null; fi
  done
}

# visit DIR: for programs that change nothing. Without the folder there is nothing to say.
visit() {
  if [ ! -d "$1" ] && [ -d "$(dirname "$1")" ]; then
    echo end
    exit 0
  fi
  enter "$1"
}

# blob NAME FILE: a file as part of the answer.
blob() {
  if [ -f "$2" ]; then
    size=$(wc -c <"$2") || fail denied "$2"
    printf '%s %d\n' "$1" "$size"
    cat "$2"
  fi
}

state() {
  if [ -L current ]; then
    leads_to=$(readlink current)
    printf 'current %s\n' "$leads_to"
    blob record ".bulletin/records/${leads_to##*/}"
  elif [ -e current ]; then
    fail not-a-release ""
  fi
  for release in releases/*; do
    if [ -d "$release" ]; then
      [ ! -L "$release" ] || fail link "$release"
      printf 'release %s\n' "${release#releases/}"
    fi
  done
  for record in .bulletin/records/*; do
    [ ! -f "$record" ] || printf 'recorded %s\n' "${record#.bulletin/records/}"
  done
  blob taken-down .bulletin/taken-down
}

# share NEW FROM: makes a release of hard links. Not every `cp` can do it, but every rsync, which also copies where there are none.
share() {
  if ! cp -al "releases/$2" "releases/$1" 2>/dev/null; then
    rm -rf "releases/$1"
    try rsync -a --link-dest="../$2/" "releases/$2/" "releases/$1/"
  fi
  try find "releases/$1" -type l -exec rm -f {} +
}

# Whether a path leads through no link.
inside() {
  at=.
  rest=$1
  while :; do
    case $rest in
      */*)
        at=$at/${rest%%/*}
        rest=${rest#*/}
        [ ! -L "$at" ] || return 1
        ;;
      *) return 0 ;;
    esac
  done
}

# The files, or with `/` the folders, that are named on standard input, as xargs takes them.
named() {
  while IFS= read -r path; do
    inside "$path" || continue
    case $path in
      */) [ "$1" = files ] || printf './%s\0' "$path" ;;
      *) if [ "$1" = files ] && { [ -L "$path" ] || [ -f "$path" ]; }; then printf './%s\0' "$path"; fi ;;
    esac
  done
}

# delete RELEASE...: deletes the files in `.bulletin/paths` from releases, and folders that are empty.
delete() {
  for release; do
    [ -d "releases/$release" ] || continue
    cd "releases/$release" || fail denied "releases/$release"
    message=$(named files <../../.bulletin/paths | xargs -0 rm -f 2>&1) || fail failed "$message"
    named folders <../../.bulletin/paths | xargs -0 rmdir 2>/dev/null
    cd ../..
  done
  rm -f .bulletin/paths
}

# Replaces the link by another in one step. Only rename(2) does that, and no option of `mv` for it is known everywhere.
switch() {
  [ -d "releases/$1" ] || fail failed "releases/$1 is missing"
  if [ -e current ] && [ ! -L current ]; then fail not-a-release ""; fi
  try rm -rf .bulletin/next
  try mkdir .bulletin/next
  try ln -s "releases/$1" .bulletin/next/current
  mv -fT .bulletin/next/current current 2>/dev/null ||
    mv -fh .bulletin/next/current current 2>/dev/null ||
    try rsync -l .bulletin/next/current ./
  [ "$(readlink current)" = "releases/$1" ] || fail failed "cannot replace the link"
  rm -rf .bulletin/next
}

# discard RELEASE...: deletes releases, but not the one that readers see.
discard() {
  for release; do
    [ "$(readlink current 2>/dev/null)" != "releases/$release" ] || continue
    try rm -f ".bulletin/records/$release"
    try rm -rf "releases/$release"
  done
}

names() {
  cd "releases/$1" 2>/dev/null || fail failed "releases/$1 is missing"
  find . -type f -print >../../.bulletin/names
  cd ../..
  blob names .bulletin/names
  rm -f .bulletin/names
}
