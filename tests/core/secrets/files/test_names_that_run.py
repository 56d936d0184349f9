"""Names that make other programs run code: those of other people's lists, and some that do not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from st_tui.core.secrets.files.names_that_run import why_it_runs

# What sudo drops from an environment that it otherwise keeps (sudoers, "bad" variables), without
# those that only mislead a resolver or a terminal.
SUDO = """
    IFS CDPATH NLSPATH LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT _RLD_LIST _RLDN32_LIST SHLIB_PATH
    LDR_PRELOAD LIBPATH DYLD_INSERT_LIBRARIES DYLD_LIBRARY_PATH KRB5_CONFIG ENV BASH_ENV PS4
    BASHOPTS SHELLOPTS JAVA_TOOL_OPTIONS PERLIO_DEBUG PERLLIB PERL5LIB PERL5OPT PERL5DB FPATH
    NULLCMD READNULLCMD ZDOTDIR TMPPREFIX PYTHONHOME PYTHONPATH PYTHONINSPECT PYTHONUSERBASE
    RUBYLIB RUBYOPT
"""
OTHERS = """
    PATH PROMPT_COMMAND PS1 PYTHONSTARTUP PYTHONWARNINGS NODE_OPTIONS NODE_PATH _JAVA_OPTIONS
    JDK_JAVA_OPTIONS CLASSPATH GIT_SSH GIT_SSH_COMMAND GIT_EXTERNAL_DIFF GIT_PAGER GIT_EDITOR
    GIT_SEQUENCE_EDITOR GIT_ASKPASS GIT_CONFIG_GLOBAL GIT_CONFIG_COUNT GIT_CONFIG_KEY_0
    GIT_CONFIG_VALUE_0 GIT_EXEC_PATH GIT_PROXY_COMMAND GIT_TEMPLATE_DIR EDITOR VISUAL PAGER BROWSER
    SUDO_EDITOR KUBE_EDITOR MANPAGER SYSTEMD_PAGER LESSOPEN LESSCLOSE SSH_ASKPASS SUDO_ASKPASS
    GCONV_PATH GLIBC_TUNABLES SHELL OPENSSL_CONF MAKEFLAGS RUSTC_WRAPPER GOFLAGS PHPRC LUA_INIT
    LUA_INIT_5_4 VIMINIT TAR_OPTIONS RSYNC_RSH HOME XDG_CONFIG_HOME DOTNET_STARTUP_HOOKS
    CORECLR_PROFILER_PATH_64 MAVEN_OPTS npm_config_script_shell NPM_CONFIG_NODE_OPTIONS
    DBUS_SESSION_BUS_ADDRESS BASH_FUNC_ls%% ls() Path node_options ComSpec
    REPORTTIME REPORTMEMORY DIRSTACKSIZE PERIOD LOGCHECK MAILCHECK PROMPT_EOL_MARK
    LIBMYSQL_PLUGINS ODBCSYSINI AWS_CONFIG_FILE KUBECONFIG DOCKER_CONFIG TF_CLI_CONFIG_FILE
    KUBECTL_EXTERNAL_DIFF ANSIBLE_VAULT_PASSWORD_FILE ANSIBLE_CALLBACK_PLUGINS VIMRUNTIME
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD PUPPETEER_EXECUTABLE_PATH RCLONE_CONFIG_X_SSH
    JAVACMD ES_HEAP_OPTS HADOOP_CLASSPATH GRADLE_USER_HOME COMPOSER_HOME ERL_OTP27_FLAGS
    GOAUTH GOCACHEPROG LDFLAGS CGO_CFLAGS NUGET_NETCORE_PLUGIN_PATHS ASAN_OPTIONS UBSAN_OPTIONS
"""
HARMLESS = """
    DATABASE_URL API_KEY DB_PASSWORD MY_PATH PATHS PATH_PREFIX OLD_PATH LDAP_URL DYLAN ENVIRONMENT
    NODE_ENV NODE_VERSION PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PYTHONIOENCODING JAVA_VERSION
    GIT_TOKEN GIT_COMMIT GIT_AUTHOR_NAME GITHUB_TOKEN EDITORS EDITOR_KEY PAGERDUTY_TOKEN
    BROWSERSTACK_KEY SHELLS HOMEPAGE RUBY_VERSION PERL_VERSION NPM_TOKEN NPM_CONFIG_REGISTRY
    BUNDLE_GITHUB__COM SSH_PRIVATE_KEY SSH_AUTH_SOCK OPENSSL_KEY GOOGLE_API_KEY MAKE_TOKEN
    AWS_SECRET_ACCESS_KEY AWS_REGION KUBE_TOKEN DOCKER_HOST DJANGO_SETTINGS_MODULE FLASK_APP
    GOOGLE_APPLICATION_CREDENTIALS AIRFLOW__DATABASE__SQL_ALCHEMY_CONN ANSIBLE_TOKEN FLAGS
    PIP_INDEX_URL RCLONE_CONFIG_X_TOKEN REPORT_TIME GIDS ARTISAN_OPTIONS
    USERNAME LANG TZ TERM HOSTNAME env ifs ld_preload bash_env A_PS1 x
"""


@pytest.mark.parametrize("name", [*SUDO.split(), *OTHERS.split()])
def test_a_name_that_runs_code_has_a_reason(name: str) -> None:
    why = why_it_runs(name)
    assert why is not None
    assert not why.endswith(".")


@pytest.mark.parametrize("name", HARMLESS.split())
def test_a_name_that_only_looks_alike_has_none(name: str) -> None:
    assert why_it_runs(name) is None


@pytest.mark.parametrize("shell", ["bash", "dash", "zsh", "mksh", "ksh"])
def test_no_assignment_that_a_shell_runs_is_missing(shell: str, tmp_path: Path) -> None:
    # A quoted text runs where the variable is a number: a shell calculates with what it is set to.
    # zsh looks at the index only if it is to change the array, bash at some only before a prompt.
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    ask = [program, "-c", "typeset -p 2>/dev/null || set"]
    listed = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    names = {word.partition("=")[0] for word in listed.split()}
    ran = set()
    for name in sorted(n for n in names if n.isidentifier() and n.isascii() and n != "PATH"):
        mark = tmp_path / name
        file = tmp_path / "file"
        file.write_text(f"{name}='a[$(/bin/mkdir {mark})0]=1'\n", encoding="utf-8")
        subprocess.run(
            [program, "-i"], input=f". '{file}'\n:\n", text=True, env={"HOME": str(tmp_path)},
            capture_output=True, check=False, start_new_session=True,
        )  # fmt: skip
        if mark.exists():
            ran.add(name)
    assert {name for name in ran if why_it_runs(name) is None} == set()
    if shell in ("bash", "mksh", "zsh"):
        assert "RANDOM" in ran
