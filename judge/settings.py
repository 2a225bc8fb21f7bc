"""Settings of the service: the only file that reads the environment, every variable named JUDGE_*."""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from judge.errors import SettingsFault

PREFIX = "JUDGE_"
SQLITE_FILE = "judge.sqlite3"  # inside the data directory
CACHE_DIR = "cache"


def _default_data() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "judge"


def user_cache() -> Path:
    """The user's own cache folder, for commands."""
    return Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")) / "judge"


def user_config() -> Path:
    """The user's own configuration folder, for clients."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")) / "judge"


class Settings(BaseSettings):
    """What an operator may set; `judge settings` prints this list."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data: Path = Field(default_factory=_default_data, description="directory of the SQLite file and the caches")
    cache: Path | None = Field(
        None,
        description="directory of the references' values and compiled programs; empty: cache/ in the data directory"
        " for servers, the user's cache folder for commands",
    )
    database_url: str = Field(
        "", description="postgresql://... for many machines; empty: one SQLite file in the data directory"
    )
    problems: str = Field("", description="folders that hold problem packages, separated like PATH")
    submissions: str = Field("", description="folder of known submissions; empty: submissions/ beside the problems")
    host: str = Field("127.0.0.1", description="address that `judge serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="port that `judge serve` listens on")
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=0, le=256, description="judging slots inside `judge serve`"
    )
    pin: bool = Field(False, description="give each slot one processor, also where there are several for each")
    queue_limit: int = Field(10_000, ge=1, description="waiting submissions before new ones are answered with 503")
    submitter_limit: int = Field(2_000, ge=1, description="waiting submissions of one submitter before 429")
    connections: int = Field(
        1_024, ge=16, le=60_000, description="open connections in all; fewer where the host allows fewer open files"
    )
    client_connections: int = Field(256, ge=4, description="open connections of one client address")
    streams: int = Field(
        400, ge=1, description="open /events and /live streams in all before 503; as many requests may `wait`"
    )
    client_streams: int = Field(100, ge=1, description="the same of one client address before 429")
    network_limit: int = Field(
        4_000, ge=1, description="waiting submissions of one client network (IPv4 address, IPv6 /64) before 429"
    )
    network_rate: int = Field(
        1_000, ge=0, description="submissions a minute of one client network before 429, counted by each server; 0: any"
    )
    submitter_header: str = Field(
        "X-Submitter",
        description="request header with a name for the submitter, which proves nothing; empty: the client's address",
    )
    allowed_hosts: str = Field(
        "",
        description="names that the judge answers to, separated by commas (*.example.org, * for any); empty: loopback"
        " names where it listens on loopback, else addresses, its machine's name and names without a dot",
    )
    trusted_proxies: str = Field(
        "",
        description="networks of the proxies whose X-Forwarded-For and -Proto are believed, separated by commas;"
        " empty: none",
    )
    admin_token: str = Field(
        "",
        description="the operator's bearer token: rejudges, every source and report; empty: nobody has these rights",
        repr=False,
    )
    hidden_seed: str = Field(
        "",
        description="secret text or number that hidden cases are drawn from, the same on all machines of one database;"
        " empty: made at the first start and kept; `package`: no secret, the packages' own public seeds",
        repr=False,
    )
    seed_choice: Literal["anyone", "admin", "nobody"] = Field(
        "anyone",
        description="who may ask the API for hidden cases of another `seed`: each new one costs a run of the reference",
    )
    heartbeat_seconds: float = Field(3.0, gt=0, description="how often a worker says that it is alive")
    stall_seconds: float = Field(10.0, gt=0, description="silence after which a worker's submissions go to another one")
    stop_seconds: float = Field(30.0, ge=0, description="how long a stopping worker may finish what it is judging")
    canary_seconds: float = Field(300.0, gt=0, description="how often a worker proves itself on known submissions")
    webhook_private: bool = Field(False, description="let webhooks reach private, loopback and link-local addresses")
    metrics_port: int = Field(0, ge=0, le=65535, description="port of a worker's own /metrics; 0: none")
    log_format: Literal["auto", "json", "text"] = Field("auto", description="auto: text on a terminal, JSON elsewhere")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severe event that is logged"
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for each in value.split(","):
            if each.strip():
                ipaddress.ip_network(each.strip())
        return value

    @property
    def cache_dir(self) -> Path:
        """Where a server keeps the references' values and compiled programs."""
        return self.cache or self.data / CACHE_DIR

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL."""
        if not self.database_url:
            return f"sqlite:///{self.data / SQLITE_FILE}"
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else self.database_url

    @property
    def embedded(self) -> bool:
        """Whether the store is the SQLite file, which one process owns."""
        return self.url.startswith("sqlite")


def load_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """The settings from the environment; `overrides` (from the command line) win, None among them means unset.

    Raises SettingsFault that names each wrong variable.
    """
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        faults = [f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()]
        raise SettingsFault("; ".join(faults)) from error
    if settings.stall_seconds < 2 * settings.heartbeat_seconds:
        raise SettingsFault("JUDGE_STALL_SECONDS: must be at least twice JUDGE_HEARTBEAT_SECONDS")
    if not settings.embedded and not settings.url.startswith("postgresql+psycopg://"):
        raise SettingsFault(
            "JUDGE_DATABASE_URL: only postgresql://user@host/database is taken; leave it empty for SQLite"
        )
    return settings


def listed(settings: Settings, environment: Mapping[str, str] = os.environ) -> list[dict[str, Any]]:
    """Every setting: its variable, value now, meaning, and whether the environment sets it; secrets are not shown."""
    rows = []
    for name, field in Settings.model_fields.items():
        variable = PREFIX + name.upper()
        value = getattr(settings, name)
        shown = ("(set)" if value else "") if not field.repr else _without_password(str(value))
        rows.append(
            {"variable": variable, "value": shown, "meaning": field.description, "set": variable in environment}
        )
    return rows


def _without_password(value: str) -> str:
    return re.sub(r"(://[^:/@]+:)[^@]+@", r"\1***@", value)
