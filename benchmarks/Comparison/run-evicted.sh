#!/bin/sh
# Searches in a memory control group that holds the graph and a little more: the mapped float vectors have to be read again and
# again. As root, with control groups of version 1 or 2. run-evicted.sh BENCHMARK VECTORS GRAPH MEGABYTES [OPTIONS]
set -e
benchmark=$1 vectors=$2 graph=$3 megabytes=$4
shift 4
if [ -d /sys/fs/cgroup/memory ]; then group=/sys/fs/cgroup/memory/memengine-evicted limit=memory.limit_in_bytes
else group=/sys/fs/cgroup/memengine-evicted limit=memory.max
fi
mkdir -p "$group"
trap 'rmdir "$group"' EXIT
echo $((megabytes * 1024 * 1024)) > "$group/$limit"
# Out of the cache first, or the first pages are still those of another group.
dd of="$vectors" oflag=nocache conv=notrunc,fdatasync count=0 status=none
sh -c 'echo $$ > "$0/cgroup.procs" && exec "$@"' "$group" \
    "$benchmark" evicted --vectors "$vectors" --graph "$graph" --limit "$megabytes MB in a control group" "$@"
