# ctl/outboxctl.bash -- bash completion of outboxctl, whose own table of commands it asks for.
# shellcheck shell=bash

declare -gA _outboxctl_places _outboxctl_options

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
		if [[ $word =~ ^[:=]+$ ]]; then
			((++i)) # bash cuts a word there: https : //reports.example.com
		elif [[ $word == -* ]]; then
			if _outboxctl_value "${command:-outboxctl}" "$word" >/dev/null; then
				[[ ${COMP_WORDS[i + 1]} != = ]] || ((++i))
				((++i))
			fi
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

# The files, or the folders, that begin so.
_outboxctl_paths() { # -f|-d WORD
	mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
	compopt -o filenames 2>/dev/null # fails where no completion is under way, as in a test
	return 0
}

_outboxctl() {
	local word=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1)) inside='' command first n value
	((${#_outboxctl_options[@]})) || _outboxctl_load
	_outboxctl_find
	COMPREPLY=()
	case ${COMP_WORDS[at]}$word in
	=*) inside=yes && ((--at)) ;; # --dir=D
	*=) inside=yes word='' ;;
	:* | *:) inside=yes ;;
	esac
	if value=$(_outboxctl_value "${command:-outboxctl}" "${COMP_WORDS[at]}"); then
		case $value in
		FILE) _outboxctl_paths -f "$word" ;;
		D) _outboxctl_paths -d "$word" ;;
		esac
	elif [[ -n $inside ]]; then
		return # in a word that goes on behind where bash cut it
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_outboxctl_names "${command:-outboxctl}")" -- "$word")
	elif [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_outboxctl_next "$first")" -- "$word" | sort -u)
	elif ((n == 0)); then
		value=${_outboxctl_places[$command]%% *}
		case $value in
		*'|'*) mapfile -t COMPREPLY < <(compgen -W "${value//|/ }" -- "$word") ;;
		DIR) _outboxctl_paths -d "$word" ;;
		esac
	fi
}

complete -F _outboxctl outboxctl
