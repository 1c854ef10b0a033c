/**
 * Each asks `rxport complete` for the words so far, and falls back to the names of files. `eval`, so that a shell which has
 * `rxport` as an alias finds it; under another name it is completed as `rxport`, too. What was called by its path is asked
 * by that.
 */

const bash = `# rxport completion bash >> ~/.bashrc
_rxport() {
  local IFS=$'\\n' words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  if [[ \${COMP_WORDS[0]} == */* ]]; then COMPREPLY=($("\${COMP_WORDS[0]}" complete -- "\${words[@]}" 2>/dev/null))
  else COMPREPLY=($(eval 'rxport complete -- "\${words[@]}"' 2>/dev/null)); fi
}
complete -o default -F _rxport rxport
`;

const zsh = `#compdef rxport
# rxport completion zsh > a file _rxport in a folder of $fpath
_rxport() {
  local -a found
  if [[ $words[1] == */* ]]; then found=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  else found=("\${(@f)$(eval 'rxport complete -- "\${(@)words[2,CURRENT]}"' 2>/dev/null)}"); fi
  found=(\${found:#})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
if [[ $funcstack[1] == _rxport ]]; then _rxport "$@"; else compdef _rxport rxport; fi
`;

const fish = `# rxport completion fish > ~/.config/fish/completions/rxport.fish
function __rxport_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] complete -- $words[2..] 2>/dev/null
end
complete -c rxport -f -a '(__rxport_complete)'
complete -c rxport -n 'test -z "$(__rxport_complete)"' -F
`;

export const SCRIPTS = { bash, zsh, fish } as const;
