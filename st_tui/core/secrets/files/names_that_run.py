"""Names of environment variables that make other programs run code, and why each does.

Whoever may write secrets may choose such a name. Whoever then reads the file, or starts a program
with these secrets, runs what the value says. What to do about it is decided elsewhere: `write`
refuses them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple


class _Group(NamedTuple):
    why: str
    names: str
    """Separated by blanks; `*` stands for any text."""
    any_case: bool = False
    """Whether case does not count: it does not on Windows, where some of these programs run."""


_GROUPS = (
    _Group("the dynamic linker loads the libraries it names",
           "LD_* DYLD_* _RLD* LDR_* LIBPATH SHLIB_PATH GLIBC_TUNABLES"),
    _Group("the C library loads code or message formats from where it says",
           "GCONV_PATH LOCPATH NLSPATH GETCONF_DIR"),
    _Group("libraries load modules from where it says",
           "OPENSSL_CONF OPENSSL_ENGINES OPENSSL_MODULES SASL_PATH GTK_MODULES GTK_PATH "
           "GTK3_MODULES GIO_EXTRA_MODULES GIO_MODULE_DIR GDK_PIXBUF_MODULE_FILE QT_PLUGIN_PATH "
           "QT_QPA_PLATFORM_PLUGIN_PATH QML_IMPORT_PATH QML2_IMPORT_PATH LIBGL_DRIVERS_PATH "
           "GST_PLUGIN_PATH* GST_PLUGIN_SYSTEM_PATH* VK_LAYER_PATH VK_ICD_FILENAMES "
           "VK_DRIVER_FILES KRB5_CONFIG GSS_MECH_CONFIG PKCS11_PROVIDER_MODULE LIBMYSQL_PLUGINS "
           "LIBMYSQL_PLUGIN_DIR ODBCINI ODBCSYSINI ODBCINSTINI OMP_TOOL_LIBRARIES "
           "CUDA_INJECTION64_PATH GDAL_DRIVER_PATH HDF5_PLUGIN_PATH MAGICK_*_MODULE_PATH", True),
    _Group("programs are looked for where it says",
           "PATH PATHEXT PSMODULEPATH GIT_EXEC_PATH JAVA_HOME GOROOT DOTNET_ROOT* "
           "SYSTEMROOT WINDIR", True),
    _Group("settings are read from where it says, commands to run among them",
           "HOME XDG_CONFIG_HOME XDG_CONFIG_DIRS XDG_DATA_HOME XDG_DATA_DIRS USERPROFILE "
           "APPDATA INPUTRC SCREENRC WGETRC CURL_HOME GNUPGHOME PSQLRC MAILRC MAILCAPS "
           "RIPGREP_CONFIG_PATH LYNX_CFG TEXMFCNF ANSIBLE_CONFIG AWS_CONFIG_FILE "
           "AWS_SHARED_CREDENTIALS_FILE KUBECONFIG DOCKER_CONFIG CLOUDSDK_CONFIG "
           "VAULT_CONFIG_PATH TF_CLI_CONFIG_FILE TERRAFORM_CONFIG GH_CONFIG_DIR APT_CONFIG "
           "NIX_CONFIG NIX_USER_CONF_FILES MAGICK_CONFIGURE_PATH", True),
    _Group("a shell splits commands and words by it", "IFS"),
    _Group("a shell looks there for what it runs",
           "ENV BASH_ENV ZDOTDIR FPATH fpath MODULE_PATH module_path CDPATH cdpath "
           "BASH_LOADABLES_PATH YASH_LOADPATH"),
    _Group("a shell runs the commands in it when it prompts, traces or looks for mail",
           "PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 PROMPT PROMPT2 PROMPT3 PROMPT4 RPROMPT RPROMPT2 "
           "RPS1 RPS2 SPROMPT prompt PROMPT_EOL_MARK MAILPATH mailpath"),
    _Group("it switches on options of a shell that run commands", "SHELLOPTS BASHOPTS"),
    _Group("bash takes a function from it", "BASH_FUNC_* *()*"),
    _Group("a shell runs or writes what it names",
           "NULLCMD READNULLCMD TMPPREFIX EXECSHELL"),
    _Group("bash, ksh or zsh calculates with it, and runs the commands in an array's index",
           "BASHPID BAUD COLUMNS DIRSTACKSIZE EGID ERRNO EUID FUNCNEST GID HISTCMD HISTSIZE "
           "KEYTIMEOUT KSHEGID KSHGID KSHUID LINES LISTMAX LOGCHECK MAILCHECK MENUSCROLL OPTIND "
           "PERIOD PGRP PIPESTATUS PPID RANDOM REPORTMEMORY REPORTTIME SAVEHIST SECONDS "
           "SELECTSCROLL SHLVL SRANDOM TMOUT TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT UID USER_ID "
           "ZLE_RPROMPT_INDENT"),
    _Group("programs run the command it holds",
           "SHELL COMSPEC EDITOR VISUAL PAGER BROWSER ASKPASS *_EDITOR *_VISUAL *_PAGER *_BROWSER "
           "*_ASKPASS *_RSH *_SSH_COMMAND *_PASSCOMMAND *_PASSWORD_COMMAND FCEDIT HISTEDIT "
           "HGEDITOR HGMERGE CVSEDITOR P4EDITOR P4DIFF P4MERGE P4PAGER MANPAGER LESSOPEN LESSCLOSE "
           "LESSEDIT TEXEDIT RSYNC_CONNECT_PROG RCLONE_*SSH FZF_DEFAULT_COMMAND FZF_CTRL_T_COMMAND "
           "FZF_ALT_C_COMMAND KUBECTL_EXTERNAL_DIFF AIRFLOW__*_CMD GH_PATH CLOUDSDK_PYTHON "
           "ANSIBLE_INVENTORY ANSIBLE_VAULT_PASSWORD_FILE CHROME_BIN CHROME_PATH *_EXECUTABLE_PATH "
           "*_SYMBOLIZER_PATH",
           True),
    _Group("programs take options from it that run commands",
           "LESS LESSKEY* TAR_OPTIONS ZIPOPT FZF_DEFAULT_OPTS* "
           "VIMINIT GVIMINIT EXINIT EMACSLOADPATH AWKPATH AWKLIBPATH GS_OPTIONS "
           "CLOUDSDK_PYTHON_ARGS TF_CLI_ARGS* ASAN_OPTIONS "
           "HWASAN_OPTIONS LSAN_OPTIONS MSAN_OPTIONS TSAN_OPTIONS UBSAN_OPTIONS", True),
    _Group("programs load scripts or plugins from where it says",
           "VIM VIMRUNTIME GS_LIB VALGRIND_LIB HELM_PLUGINS TF_DATA_DIR NIX_PATH ANSIBLE_HOME "
           "ANSIBLE_*_PLUGINS ANSIBLE_LIBRARY ANSIBLE_MODULE_UTILS ANSIBLE_COLLECTIONS_PATH* "
           "ANSIBLE_ROLES_PATH", True),
    _Group("the connection it states may be a program that is started",
           "DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS DBUS_STARTER_ADDRESS"),
    _Group("git or its kind runs what it says, or reads from there what to run",
           "GIT_SSH SVN_SSH BZR_SSH GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND GIT_CONFIG GIT_CONFIG_* "
           "GIT_TEMPLATE_DIR GIT_DIR GIT_COMMON_DIR GIT_WORK_TREE GIT_ALLOW_PROTOCOL HGRCPATH "
           "BZR_PLUGIN_PATH", True),
    _Group("ssh loads the library or starts the helper it names",
           "SSH_SK_PROVIDER SSH_SK_HELPER SSH_PKCS11_HELPER", True),
    _Group("Python runs code that it names, or looks for modules where it says",
           "PYTHONSTARTUP PYTHONPATH PYTHONHOME PYTHONUSERBASE PYTHONINSPECT PYTHONEXECUTABLE "
           "PYTHONWARNINGS PYTHONBREAKPOINT PYTHONPLATLIBDIR PYTHONPYCACHEPREFIX "
           "PYTEST_ADDOPTS PYTEST_PLUGINS IPYTHONDIR JUPYTER_CONFIG_* GUNICORN_CMD_ARGS "
           "COVERAGE_PROCESS_START PIP_CONFIG_FILE", True),
    _Group("node or npm runs code that it names, or looks for modules where it says",
           "NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE ELECTRON_RUN_AS_NODE "
           "NPM_CONFIG_SCRIPT*SHELL NPM_CONFIG_SHELL NPM_CONFIG_NODE*OPTIONS NPM_CONFIG_NODE*GYP "
           "NPM_CONFIG_GIT NPM_CONFIG_VIEWER NPM_CONFIG_INIT*MODULE NPM_CONFIG_ONLOAD*SCRIPT "
           "NPM_EXECPATH NPM_NODE_EXECPATH "
           "NPM_CONFIG_PREFIX NPM_CONFIG_USERCONFIG NPM_CONFIG_GLOBALCONFIG NPM_CONFIG_PYTHON "
           "YARN_YARN_PATH YARN_RC_FILENAME YARN_PLUGINS BUN_OPTIONS", True),
    _Group("Perl runs code that it names, or looks for modules where it says",
           "PERL5OPT PERL5LIB PERLLIB PERL5DB PERL5SHELL PERLDB_OPTS PERLIO_DEBUG PERL_MM_OPT "
           "PERL_MB_OPT PERL_CPANM_OPT HARNESS_PERL HARNESS_PERL_SWITCHES RAKULIB", True),
    _Group("Ruby runs code that it names, or looks for modules where it says",
           "RUBYOPT RUBYLIB RUBYPATH RUBYSHELL RUBYLIB_PREFIX GEM_HOME GEM_PATH BUNDLE_GEMFILE "
           "BUNDLE_PATH BUNDLE_APP_CONFIG RUBYGEMS_GEMDEPS IRBRC PRYRC SPEC_OPTS", True),
    _Group("Java takes options or classes from it",
           "JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS *_JAVA_OPTIONS JAVA_OPTIONS JAVA_ARGS "
           "JAVA_OPTS *_JAVA_OPTS CATALINA_OPTS MAVEN_OPTS MAVEN_ARGS GRADLE_OPTS SBT_OPTS "
           "ANT_OPTS ANT_ARGS JVM_OPTS JVM_ARGS JVMFLAGS KAFKA_OPTS HADOOP_OPTS "
           "SPARK_SUBMIT_OPTS *_JVM_OPTS *_HEAP_OPTS JAVACMD *_JAVA_CMD CLASSPATH *_CLASSPATH "
           "GRADLE_USER_HOME", True),
    _Group(".NET loads code that it names",
           "DOTNET_STARTUP_HOOKS DOTNET_ADDITIONAL_DEPS DOTNET_SHARED_STORE COR_PROFILER* "
           "COR_ENABLE_PROFILING CORECLR_PROFILER* CORECLR_ENABLE_PROFILING MONO_PATH MONO_CONFIG "
           "MONO_ENV_OPTIONS DOTNET_GCNAME DOTNET_GCPATH COMPLUS_GCNAME NUGET_*PLUGIN_PATHS "
           "NUGET_CREDENTIALPROVIDERS_PATH MSBUILDSDKSPATH MSBUILDEXTENSIONSPATH*", True),
    _Group("an interpreter runs code that it names, or looks for modules where it says",
           "PHPRC PHP_INI_SCAN_DIR COMPOSER COMPOSER_HOME LUA_INIT* LUA_PATH* LUA_CPATH* "
           "ERL_*FLAGS ERL_LIBS ERL_COMPILER_OPTIONS ELIXIR_ERL_OPTIONS MIX_EXS MIX_HOME "
           "MIX_ARCHIVES CAML_LD_LIBRARY_PATH TCLLIBPATH TCL_LIBRARY R_HOME R_PROFILE "
           "R_PROFILE_USER R_ENVIRON R_ENVIRON_USER R_LIBS R_LIBS_USER R_LIBS_SITE "
           "JULIA_LOAD_PATH JULIA_DEPOT_PATH GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH", True),
    _Group("builds run the program it names, or take options from it",
           "MAKEFILES MAKEFLAGS GNUMAKEFLAGS MFLAGS CC CXX CPP COMPILER_PATH "
           "GCC_EXEC_PREFIX RUSTC RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER RUSTFLAGS "
           "CARGO_HOME CARGO_BUILD_RUSTC* CARGO_TARGET_*_LINKER CARGO_TARGET_*_RUNNER "
           "CARGO_ENCODED_RUSTFLAGS RUSTDOC RUSTDOCFLAGS GOFLAGS GOENV GOAUTH GOCACHEPROG "
           "GOPATH GOTOOLCHAIN CFLAGS CPPFLAGS CXXFLAGS LDFLAGS CGO_*FLAGS", True),
)  # fmt: skip


def why_it_runs(name: str) -> str | None:
    """Why a variable of this name may make another program run code; None if it is not known to."""
    for pattern, why in _patterns():
        if pattern.fullmatch(name):
            return why
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    patterns = []
    for group in _GROUPS:
        names = "|".join(re.escape(name).replace(r"\*", ".*") for name in group.names.split())
        case = re.IGNORECASE if group.any_case else re.NOFLAG
        patterns.append((re.compile(names, re.DOTALL | case), group.why))
    return patterns
