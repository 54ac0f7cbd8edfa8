# make demo      the main job, on directories made for it
# make test      everything that CI checks; starts the servers it needs, and stops them; pip gets some from PyPI
# make package   dist/migrate-lambda-ARCH.zip with CONFIG (connectors.yaml) compiled into it
# make docs      the libraries' pages, from the source, in .build/docs
# make sanitize  threads, caches and connectors under ThreadSanitizer and AddressSanitizer, in builds of their own
# make fuzz      a million damaged hashes for the reader of stored passwords, under libFuzzer
# make bench     listings and look-ups a second beside other programs that do the same; pip gets one of them from PyPI

CONFIG ?= connectors.yaml
ARCH := $(shell uname -m)

# What the build links, what the tests run, what the package needs.
BUILD_PACKAGES = libpq-dev libldap-dev libsqlite3-dev libcrypt-dev libargon2-dev libssl-dev pkg-config python3 sqlite3
PACKAGE_PACKAGES = binutils
# Samba's domain controller stands for Active Directory; winbind and the two modules are parts of it.
SAMBA_PACKAGES = samba samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind
TEST_PACKAGES = $(PACKAGE_PACKAGES) postgresql slapd ldap-utils $(SAMBA_PACKAGES) openssl busybox-static \
	python3-jsonschema python3-yaml python3-venv
BENCH_PACKAGES = $(PACKAGE_PACKAGES) postgresql slapd ldap-utils openssl python3-venv nodejs

RELEASE = swift build -c release --product MigrateLambda --static-swift-stdlib

.PHONY: demo test package docs sanitize fuzz bench build clean

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
	$(RELEASE)
	@mkdir -p .build/package
	.build/debug/migrate-cli config compile -c "$(CONFIG)" -o .build/package/connectors.json
	@.build/debug/migrate-cli config files -c "$(CONFIG)" > .build/package/files
	@set --; while read -r file; do set -- "$$@" --file "$$file"; done < .build/package/files; \
	deploy/package .build/release/MigrateLambda -c .build/package/connectors.json --base "$$(dirname "$(CONFIG)")" \
		-o dist/migrate-lambda-$(ARCH).zip "$$@"

# Each library that is a product; a warning of its pages is an error.
LIBRARIES = MigrationCore PasswordHashing CSVConnector LDAPConnector PostgresConnector LambdaRuntime

docs: export DOCC = 1
docs:
	@deploy/install-packages $(BUILD_PACKAGES)
	@mkdir -p .build/docs
	@for library in $(LIBRARIES); do \
		swift package --allow-writing-to-directory .build/docs generate-documentation \
			--target $$library --output-path .build/docs/$$library --warnings-as-errors || exit 1; \
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
