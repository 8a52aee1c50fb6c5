# Two commands do everything on a fresh Debian 12: `make demo` and `make test`.
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)

.PHONY: all deps build demo test test-full asan tsan bench lint tidy generate check-generated install clean
all: build

deps:
	@.ci/deps

build: deps
	@cmake --preset release >/dev/null
	@cmake --build --preset release -j $(JOBS)

demo: build
	@build/release/bin/tk demo code-review

build/dev/build.ninja: CMakeLists.txt CMakePresets.json
	@cmake --preset dev >/dev/null

test: deps build/dev/build.ninja
	@cmake --build --preset dev -j $(JOBS)
	@ctest --preset dev

# The full sizes of the heavy checks: 50 kills at each step, 500 random points.
test-full: deps build/dev/build.ninja
	@cmake --build --preset dev -j $(JOBS)
	@TK_FULL=1 ctest --preset dev

asan: deps
	@cmake --preset asan >/dev/null
	@cmake --build --preset asan -j $(JOBS)
	@ctest --preset asan

tsan: deps
	@cmake --preset tsan >/dev/null
	@cmake --build --preset tsan -j $(JOBS)
	@ctest --preset tsan

bench: build build/dev/build.ninja
	@cmake --build --preset release -j $(JOBS) --target tk-bench
	@build/release/libexec/tk/tk-bench build/release/bin/tk
	@cmake --build --preset dev -j $(JOBS) --target tk-bench-group
	@build/dev/libexec/tk/tk-bench-group

lint:
	@python3 tests/lint/lint.py

# What is generated from the commands' definitions stands in the tree, so that it can be read and
# reviewed; check-generated says whether it is current.
generate: build
	@.ci/generate build/release

check-generated:
	@sh tests/lint/generated.sh $(or $(BUILD),build/dev)

# Reads the compile database, builds nothing. TIDY_BASE=<commit> looks at what changed since only.
tidy: deps
	@.ci/deps .ci/packages-tidy
	@cmake --preset tidy >/dev/null
	@python3 tests/lint/tidy.py build/tidy

install: build
	@cmake --install build/release --prefix $(abspath $(PREFIX)) >/dev/null
	@echo "installed to $(abspath $(PREFIX))/bin/tk"

clean:
	rm -rf build
