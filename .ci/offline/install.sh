#!/bin/sh
# Usage: sh install.sh [folder of the workspace]
for python in python3.13 python3.11 python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 13)))' 2>/dev/null; then
        exec "$python" -X utf8 "$(dirname "$0")/install.py" "$@"
    fi
done
echo "找不到 Python 3.11 或 3.13。" >&2
exit 3
