"""Reads all settings from the environment; every variable is named JUDGE_*.

Settings            the service and the commands
ClientSettings      `judge submit`
BUILD_VARIABLES     read by web/editor/build.py while a package is built, where nothing of the judge can be imported

The variables of identity providers, three each, are in judge/identity_provider.py. judge/settings_list.py lists all.
"""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, PrivateAttr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from judge.errors import SettingsFault
from judge.identity_provider import IdentityProvider, read_providers

PREFIX = "JUDGE_"
SQLITE_FILE = "judge.sqlite3"  # in the data directory
CACHE_DIR = "cache"  # in the data directory
PROGRAMS_DIR = "compiled"  # in a cache directory
BUILD_VARIABLES = {
    "JUDGE_REQUIRE_EDITOR": "while a package is built: 1 makes the build fail if the pages' editor can't be bundled"
}

_Table = TypeVar("_Table", bound=BaseSettings)


def _default_data() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "judge"


def user_cache() -> Path:
    """Return the user's cache folder, for commands."""
    return Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")) / "judge"


def user_config() -> Path:
    """Return the user's configuration folder, for clients."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")) / "judge"


class Settings(BaseSettings):
    """The settings of the service and of the commands; one variable a field."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data: Path = Field(default_factory=_default_data, description="directory of the SQLite file and the caches")
    cache: Path | None = Field(
        None,
        description="directory of expected values and compiled programs; empty: cache/ in the data directory for"
        " servers, the user's cache folder for commands",
    )
    database_url: str = Field(
        "", description="postgresql://..., for one or more machines; empty: a SQLite file in the data directory"
    )
    problems: str = Field(
        "", description="folders of problem packages, separated by colons; empty: those that came with the judge"
    )
    submissions: str = Field("", description="folder of known submissions; empty: submissions/ beside the problems")
    access: Literal["local", "open", "accounts"] = Field(
        "local",
        description="local: one person on this machine, no sign-in; open: anyone may attempt, and sees only their own"
        " sources and reports; accounts: sign in to attempt, and to see solutions",
    )
    plain_http: bool = Field(
        False, description="allow sign-in over HTTP from other machines, where anyone on the way can read passwords"
    )
    sign_up: Literal["anyone", "invited"] = Field(
        "anyone",
        description="who gets an account by signing in at an identity provider: anyone whom the provider knows, or only"
        " people who have one already and connected it",
    )
    erase: Literal["anonymize", "delete"] = Field(
        "anonymize",
        description="submissions of an account that its person erases: anonymize: verdicts and times stay for the"
        " figures, without source, report and name; delete: nothing stays",
    )
    host: str = Field("127.0.0.1", description="address that `judge serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="port that `judge serve` listens on")
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=0, le=256, description="judging slots inside `judge serve`"
    )
    hot_problems: int = Field(
        0,
        ge=0,
        le=128,
        description="most problems whose fast lane is kept ready, at up to 300 MiB each; 0: as many as fit into half of"
        " the memory that is free when the judge starts",
    )
    usual_operations: bool = Field(
        True,
        description="compile usual operations on each problem's shapes while no submission waits, so that more programs"
        " compile nothing; half a minute of one processor for a new problem",
    )
    pin: bool = Field(
        False, description="keep each slot on one processor, even if there are more processors than slots"
    )
    queue_limit: int = Field(10_000, ge=1, description="waiting submissions; further ones are refused with 503")
    submitter_limit: int = Field(
        2_000, ge=1, description="waiting submissions of one submitter; further ones are refused with 429"
    )
    connections: int = Field(
        1_024, ge=16, le=60_000, description="open connections in total; fewer if the host allows fewer open files"
    )
    client_connections: int = Field(256, ge=4, description="open connections from one client address")
    streams: int = Field(
        400,
        ge=1,
        description="open /events and /live streams in total, further ones get 503; as many requests may `wait`",
    )
    client_streams: int = Field(100, ge=1, description="the same from one client address, further ones get 429")
    network_limit: int = Field(
        4_000,
        ge=1,
        description="waiting submissions from one client network (IPv4 address, IPv6 /64); further ones are refused"
        " with 429",
    )
    network_rate: int = Field(
        1_000,
        ge=0,
        description="submissions per minute from one client network, counted by each server; further ones are refused"
        " with 429; 0: no limit",
    )
    submitter_header: str = Field(
        "X-Submitter",
        description="request header with the submitter's name in the queue, believed with JUDGE_ACCESS=local and from"
        " trusted proxies; empty: the client's address",
    )
    allowed_hosts: str = Field(
        "",
        description="host names that the judge answers to, separated by commas (*.example.org, * for any); empty:"
        " loopback names if it listens on loopback, else addresses, its machine's name and names without a dot",
    )
    trusted_proxies: str = Field(
        "",
        description="networks of the proxies whose X-Forwarded-For, X-Forwarded-Proto and submitter's name are trusted,"
        " separated by commas; empty: none",
    )
    admin_token: str = Field(
        "",
        description="the operator's bearer token, for rejudges and for every source and report; empty: no operator",
        repr=False,
    )
    hidden_seed: str = Field(
        "",
        description="secret text or number that hidden cases are drawn from, the same on all machines of one database;"
        " empty: made at the first start and kept; `package`: no secret, the packages' public seeds",
        repr=False,
    )
    seed_choice: Literal["anyone", "admin", "nobody"] = Field(
        "anyone",
        description="who may choose the `seed` of hidden cases in the API; each new seed costs a run of the reference",
    )
    heartbeat_seconds: float = Field(3.0, gt=0, description="seconds between a worker's heartbeats")
    stall_seconds: float = Field(
        10.0, gt=0, description="seconds without a heartbeat after which a worker's submissions go to another worker"
    )
    stop_seconds: float = Field(30.0, ge=0, description="seconds that a stopping worker has to finish its submissions")
    canary_seconds: float = Field(
        300.0, gt=0, description="seconds between a worker's health checks, which judge a known submission"
    )
    webhook_private: bool = Field(False, description="allow webhooks to private, loopback and link-local addresses")
    metrics_port: int = Field(0, ge=0, le=65535, description="port of a worker's /metrics; 0: none")
    log_format: Literal["auto", "json", "text"] = Field("auto", description="auto: text on a terminal, JSON elsewhere")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="least severe level that is logged; where it is not set, `judge serve` on a terminal logs warnings",
    )

    _providers: tuple[IdentityProvider, ...] = PrivateAttr(())

    def model_post_init(self, _context: Any, /) -> None:
        """Read the identity providers. Raises SettingsFault."""
        self._providers = read_providers(os.environ)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for each in value.split(","):
            if each.strip():
                ipaddress.ip_network(each.strip())
        return value

    @property
    def cache_dir(self) -> Path:
        """The folder in which a server keeps expected values and compiled programs."""
        return self.cache or self.data / CACHE_DIR

    @property
    def command_cache_dir(self) -> Path:
        """The folder in which commands keep expected values and compiled programs."""
        return self.cache or user_cache()

    @property
    def programs_dir(self) -> Path:
        """The folder in which a server keeps compiled programs: that of the commands, where it can be written to."""
        shared = self.command_cache_dir
        place = next(each for each in (shared, *shared.parents) if each.exists())
        return (shared if os.access(place, os.W_OK | os.X_OK) else self.cache_dir) / PROGRAMS_DIR

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL."""
        if not self.database_url:
            return f"sqlite:///{self.data / SQLITE_FILE}"
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else self.database_url

    @property
    def has_accounts(self) -> bool:
        """True if people sign in."""
        return self.access == "accounts"

    @property
    def providers(self) -> tuple[IdentityProvider, ...]:
        """The identity providers by which people sign in."""
        return self._providers

    @property
    def embedded(self) -> bool:
        """True if the store is the SQLite file, which one process owns."""
        return self.url.startswith("sqlite")


class ClientSettings(BaseSettings):
    """The settings of `judge submit`; one variable a field."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    url: str = Field("http://127.0.0.1:8000", description="`judge submit`: address of the judge")
    submitter: str | None = Field(None, description="`judge submit`: your name in the queue; empty: your address")
    token: str | None = Field(
        None,
        description="`judge submit`: token that proves that submissions are yours; empty: that of `judge login`, else"
        " one that is derived from a secret in your configuration folder",
        repr=False,
    )


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings from the environment.

    Args:
        overrides: values from the command line, which win; None among them means unset.

    Raises:
        SettingsFault: names each variable with a wrong value.
    """
    settings = _load(Settings, overrides)
    if settings.stall_seconds < 2 * settings.heartbeat_seconds:
        raise SettingsFault("JUDGE_STALL_SECONDS: must be at least twice JUDGE_HEARTBEAT_SECONDS")
    if not settings.embedded and not settings.url.startswith("postgresql+psycopg://"):
        raise SettingsFault("JUDGE_DATABASE_URL: should be postgresql://user@host/database, or empty for SQLite")
    return settings


def load_client_settings(overrides: Mapping[str, Any] | None = None) -> ClientSettings:
    """Return the client's settings from the environment; see `load_settings`."""
    return _load(ClientSettings, overrides)


def variable_of(field: str) -> str:
    """Return the name of the environment variable of a setting."""
    return PREFIX + field.upper()


def _load(kind: type[_Table], overrides: Mapping[str, Any] | None) -> _Table:
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    try:
        return kind(**given)
    except ValidationError as error:
        faults = [_fault(kind, str(fault["loc"][0]), fault["msg"], fault["input"]) for fault in error.errors()]
        raise SettingsFault("; ".join(faults)) from error


def _fault(kind: type[BaseSettings], name: str, message: str, value: object) -> str:
    shown = f"; it is {value!r}" if kind.model_fields[name].repr else ""
    return f"{variable_of(name)}: {message.removeprefix('Value error, ')}{shown}"
