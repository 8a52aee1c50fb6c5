# Two commands do everything on a fresh Debian 12: `make demo` and `make test`.
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
PRESET ?= release

.PHONY: all deps build demo test test-full asan tsan fuzz bench score coverage lint tidy generate check-generated install deb deb-check clean
all: build

deps:
	@.ci/deps

build: deps
	@cmake --preset $(PRESET) >/dev/null
	@cmake --build --preset $(PRESET) -j $(JOBS)

demo: build
	@build/$(PRESET)/bin/tk demo code-review

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

# A million inputs for each target of tests/fuzz (FUZZ_RUNS=), with clang, ASan and UBSan; ends with
# 1 on a finding and says where its input is. All that it makes stands below build/fuzz.
fuzz: deps
	@.ci/deps .ci/packages-fuzz
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz -j $(JOBS)
	@python3 tests/fuzz/run.py build/fuzz $(FUZZ_TARGETS)

bench: build build/dev/build.ninja
	@cmake --build --preset $(PRESET) -j $(JOBS) --target tk-bench tk-bench-cel
	@build/$(PRESET)/libexec/tk/bench build/$(PRESET)/bin/tk
	@tests/bench/cel/run build/$(PRESET)/libexec/tk/bench-cel
	@cmake --build --preset $(PRESET) -j $(JOBS) --target tk-bench-journal
	@build/$(PRESET)/libexec/tk/bench-journal build/$(PRESET)/bin/tk
	@cmake --build --preset $(PRESET) -j $(JOBS) --target tk-bench-tokens
	@build/$(PRESET)/libexec/tk/bench-tokens
	@cmake --build --preset dev -j $(JOBS) --target tk-bench-group
	@build/dev/libexec/tk/bench-group
	@cmake --build --preset $(PRESET) -j $(JOBS) --target tk-bench-law --target tk-bench-law-diff --target tk-bench-cel --target tk-law
	@tests/bench/law/run build/$(PRESET)
	@tests/bench/cel/run build/$(PRESET)/libexec/tk/bench-cel

# The scorecard of this house, beside git: tests/bench/score. SCORE_FULL=1 measures what takes minutes too.
score: build build/dev/build.ninja
	@.ci/deps .ci/packages-score
	@cmake --build --preset dev -j $(JOBS)
	@python3 tests/bench/score

coverage:
	@SCORE_FULL=coverage $(MAKE) --no-print-directory score

lint:
	@python3 tests/lint/lint.py

# What is generated from the commands' definitions stands in the tree, so that it can be read and
# reviewed; check-generated says whether it is current.
generate: build
	@.ci/generate build/$(PRESET)

check-generated:
	@sh tests/lint/generated.sh $(or $(BUILD),build/dev)

# Reads the compile database, builds nothing. TIDY_BASE=<commit> looks at what changed since only.
tidy: deps
	@.ci/deps .ci/packages-tidy
	@cmake --preset tidy >/dev/null
	@python3 tests/lint/tidy.py build/tidy

install: build
	@cmake --install build/$(PRESET) --prefix $(abspath $(PREFIX)) >/dev/null
	@echo "installed to $(abspath $(PREFIX))/bin/tk"

# build/deb/tk_<version>_<arch>.deb; deb-check makes it twice, in two folders, and looks at it closely.
deb: build
	@.ci/deps .ci/packages-deb
	@packaging/deb build/$(PRESET) build/deb

deb-check:
	@TK_FULL=1 sh tests/lint/deb.sh

clean:
	rm -rf build
