# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
#
# bash completion: asks smartvpnctl for the candidates.
_smartvpnctl() {
  local current words line candidate
  # The words up to the cursor. bash splits KEY=VALUE, and replaces only its last part.
  read -r -a words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=('')
  current=${words[-1]}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :file ]]; then
      compopt -o filenames
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
      continue
    fi
    candidate=${line%%$'\t'*}
    [[ $candidate == *= ]] && compopt -o nospace
    [[ $COMP_WORDBREAKS == *=* && $current == *=* ]] && candidate=${candidate#"${current%=*}="}
    [[ -z $candidate ]] || COMPREPLY+=("$candidate")
  done < <("${words[0]}" --complete "${words[@]:1}" 2>/dev/null)
}
complete -F _smartvpnctl smartvpnctl
