#!/bin/sh
# Answers the Makefile's questions about this machine; prints nothing when there is no answer.
# usage: tools/probe.sh lua | key LUA | include LUA | uv-cflags | uv-libs
set -u
. "$(dirname "$0")/common.sh"

case ${1:-} in
  lua) default_lua ;;
  key) key_of "$2" ;;
  include) find_include "$(key_of "$2")" ;;
  uv-cflags) find_uv_cflags ;;
  uv-libs) find_uv_libs ;;
  *) die "usage: tools/probe.sh lua | key LUA | include LUA | uv-cflags | uv-libs" ;;
esac
