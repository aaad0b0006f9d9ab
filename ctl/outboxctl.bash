# ctl/outboxctl.bash -- bash completion of outboxctl, whose own table of commands it asks for.
# shellcheck shell=bash

declare -A _outboxctl_places _outboxctl_options

_outboxctl_load() {
	local command places options
	while IFS=$'\t' read -r command places options; do
		_outboxctl_places[$command]=$places
		_outboxctl_options[$command]=" $options "
	done < <(outboxctl completion 2>/dev/null)
}

# The kind of value that an option of a command has, if it has one.
_outboxctl_value() { # COMMAND OPTION
	local options=${_outboxctl_options[$1]-}
	[[ $options == *" $2="* ]] || return
	options=${options#*" $2="}
	printf '%s' "${options%% *}"
}

# Its options without what may follow them.
_outboxctl_names() { # COMMAND
	local option
	for option in ${_outboxctl_options[$1]-}; do
		printf '%s\n' "${option%%=*}"
	done
}

# Sets command to the command before the cursor, first to the beginning of one, and n to how many words in their
# places follow it.
_outboxctl_find() {
	local i word
	command='' first='' n=0
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == -* ]]; then
			_outboxctl_value "${command:-outboxctl}" "$word" >/dev/null && ((++i))
		elif [[ -n $command ]]; then
			((++n))
		else
			first=${first:+$first }$word
			[[ -n ${_outboxctl_options[$first]-} ]] && command=$first
		fi
	done
}

# The next word of each command that begins with those.
_outboxctl_next() { # FIRST
	local name
	for name in "${!_outboxctl_options[@]}"; do
		[[ $name != outboxctl && $name == "${1:+$1 }"* ]] || continue
		name=${name#"${1:+$1 }"}
		printf '%s\n' "${name%% *}"
	done
}

_outboxctl() {
	local word=${COMP_WORDS[COMP_CWORD]} command first n value
	((${#_outboxctl_options[@]})) || _outboxctl_load
	_outboxctl_find
	COMPREPLY=()
	if value=$(_outboxctl_value "${command:-outboxctl}" "${COMP_WORDS[COMP_CWORD - 1]}"); then
		case $value in
		FILE) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
		D | DIR) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
		esac
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_outboxctl_names "${command:-outboxctl}")" -- "$word")
	elif [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_outboxctl_next "$first")" -- "$word" | sort -u)
	elif ((n == 0)); then
		value=${_outboxctl_places[$command]%% *}
		[[ $value != *'|'* ]] || mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$word")
	fi
}

complete -F _outboxctl outboxctl
