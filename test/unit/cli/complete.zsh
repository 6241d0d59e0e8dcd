# Types a line into a real zsh that has read the script, presses the tabulator, and prints what the line is then.
zmodload zsh/zpty
zpty shell 'zsh -f -i'
zpty -w shell "autoload -Uz compinit; compinit -u -D; source ${(q)1}; left() { print -r -- \"LINE:\$BUFFER:END\"; exit }; zle -N left; bindkey '^X' left; zle-line-init() { print RE''ADY }; zle -N zle-line-init"

wait_for() {
  local all= part
  while [[ $all != *${~1}* ]]; do
    zpty -r shell part || return 1
    all+=$part
  done
  REPLY=$all
}

wait_for READY
zpty -n -w shell "$2"$'\t\x18'
wait_for 'LINE:*:END'
REPLY=${REPLY##*LINE:}
print -r -- "${REPLY%%:END*}"
zpty -d shell
