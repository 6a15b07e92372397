# Sourced by the scripts: find_jdk prints the home of a JDK 25 or later. A JDK tells its version in its `release` file, so
# no Java is started to ask.

is_jdk_25() { # FOLDER
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    local line feature
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=*)
                feature=${line#JAVA_VERSION=}
                feature=${feature//\"/}
                feature=${feature%%[.+-]*}
                case $feature in '' | *[!0-9]*) return 1 ;; esac
                [ "$feature" -ge 25 ]
                return ;;
        esac
    done <"$1/release"
    return 1
}

find_jdk() {
    if [ -n "${RINGSCOPE_JAVA_HOME:-}" ]; then
        is_jdk_25 "$RINGSCOPE_JAVA_HOME" && printf '%s\n' "$RINGSCOPE_JAVA_HOME" && return
        echo "ringscope: RINGSCOPE_JAVA_HOME=$RINGSCOPE_JAVA_HOME is not the home of a JDK 25 or later" >&2
        return 69
    fi
    local javac home
    javac=$(command -v javac) && javac=$(readlink -f -- "$javac") || javac=
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
        /opt/* /usr/local/* /Library/Java/JavaVirtualMachines/*/Contents/Home "${javac%/bin/javac}"; do
        [ -n "$home" ] && is_jdk_25 "$home" && printf '%s\n' "$home" && return
    done
    echo "ringscope: no JDK 25 or later found; install one (for example Eclipse Temurin 25) or set RINGSCOPE_JAVA_HOME" >&2
    return 69
}

# Maven under that JDK. Its own libraries set off warnings of newer JDKs that are no concern of the reader's.
maven() { # ARGUMENTS...; jdk and root are set
    command -v mvn >/dev/null || { echo "ringscope: Maven is needed to build; install it (Debian: apt-get install maven)" >&2; return 69; }
    JAVA_HOME=$jdk MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" \
        mvn -B -Dstyle.color=never -f "$root/pom.xml" "$@"
}

# Offline first: quick, and right on a machine without a network. Only a missing artifact sends Maven online.
maven_offline_first() { # ARGUMENTS...; output goes to standard error
    local log status=0
    log=$(maven -o "$@" 2>&1) || status=$?
    if [ $status -ne 0 ] && grep -qE 'in offline mode|has not been downloaded from it before|is offline' <<<"$log"; then
        maven "$@" >&2
        return
    fi
    log=${log//$'\e[0m'/}
    [ -z "$log" ] || printf '%s\n' "$log" >&2
    return $status
}

# Leaves Java's options for Ringscope, whose folder is `root`, in `options`: the same wherever one of its ahead-of-time caches
# is used, because HotSpot takes over what it learned in training and does not check that these were the same.
java_options() { # [guests]: for run and record
    options=(-Xmx1800m -XX:+UseParallelGC -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED)
    # The classes made while running would set off full collections, which move the guest's memory.
    options+=(-XX:MetaspaceSize=128m)

    # For --tier compiled: ARCHITECTURE.md says why, at "Regions".
    options+=(-XX:CompileCommand=quiet)
    local class
    for class in insn.RegionAccess insn.Flags insn.ShiftFlags x86.Arithmetic x86.Logic x86.Moves x86.Origin x86.Shifts; do
        options+=("-XX:CompileCommand=inline,dev.ringscope.emulator.$class::*")
    done
    options+=(-XX:+UnlockDiagnosticVMOptions)
    if [ -s "$root/.cache/whitebox.jar" ]; then # DirectCompilation
        options+=("-Xbootclasspath/a:$root/.cache/whitebox.jar" -XX:+WhiteBoxAPI)
    else
        for class in Region QuickRegion; do
            options+=("-XX:CompileCommand=BackgroundCompilation,dev.ringscope.emulator.x86.$class*::run,false")
            options+=("-XX:CompileCommand=CompileThresholdScaling,dev.ringscope.emulator.x86.$class*::run,0.01")
        done
    fi
    # An exception's handler is compiled although none has come yet.
    options+=(-XX:-ProfileExceptionHandlers)
    # So is a branch that none has taken: guests get to new code all the time, and each method that is thrown away for it is
    # slow until it is compiled again. Questions go the same ways again and again, and lose by it.
    [ "${1:-}" = guests ] || return 0
    options+=(-XX:PerMethodTrapLimit=0)
    # DirectCompilation changes that limit while C2 may be at another method. At a switch C2 asks for the limit twice, and
    # ends Java where the answers differ and it has counted a case that never came. So it does not count cases.
    options+=(-XX:-UseSwitchProfiling)
    # The guest's thread does not wait for a processor while HotSpot compiles on all of them: to be nicer needs no right, but
    # HotSpot warns whoever is not root.
    options+=(-XX:ThreadPriorityPolicy=1 -XX:CompilerThreadPriority=5)
    [ "$EUID" = 0 ] || options+=(-XX:-PrintWarnings)
}
