# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
#
# What several scripts need; they source it.
# shellcheck shell=bash

# Options of a release build, the same for all: other options would have everything compiled again.
# shellcheck disable=SC2034
release=(--buildtype=release --prefix=/usr --sysconfdir=/etc -Dwerror=true)

# Shows the last line of its input: on a terminal in place, else every 15 s.
progress() {
  local line next=$((SECONDS + 15)) width=${COLUMNS:-80}
  while IFS= read -r line; do
    if [[ -t 1 ]]; then
      printf '\r\e[K%s' "${line:0:width-1}"
    elif ((SECONDS >= next)); then
      printf '%s\n' "$line"
      next=$((SECONDS + 15))
    fi
  done
  if [[ -t 1 ]]; then printf '\r\e[K'; fi
}
