"""How sign-in is set up: one file of the IT team's own, in no repository, that nobody else on the machine can read."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from pipelines.errors import SettingsError

VARIABLE, FILE = "SAFER_PLACES_SIGN_IN", "sign_in.toml"
CALLBACK = "/oauth2callback"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
Secret = Annotated[SecretStr, Field(min_length=32, max_length=200)]


class SignIn(BaseModel):
    """One identity provider, and what this product is called there.

    issuer         what the provider calls itself in a token (`iss`): a token of another is refused
    metadata_url   where it says how it is spoken to (`/.well-known/openid-configuration`)
    redirect_uri   this dashboard's address as browsers see it, ending in /oauth2callback
    cookie_secret  signs the cookie: at least 32 characters, drawn at random
    scopes         what is asked of the provider; `openid` is all that is needed to know who somebody is
    prompt         login: the provider asks for the password again at each sign-in; select_account: it may not
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(min_length=1, max_length=400)
    metadata_url: str = Field(min_length=1, max_length=400)
    client_id: str = Field(min_length=1, max_length=400)
    client_secret: SecretStr = Field(min_length=1, max_length=400)
    redirect_uri: str = Field(min_length=1, max_length=400)
    cookie_secret: Secret
    scopes: tuple[str, ...] = ("openid",)
    prompt: str = Field(default="login", pattern="^(login|select_account)$")

    @model_validator(mode="after")
    def _nothing_in_the_clear(self) -> SignIn:
        for name in ("metadata_url", "redirect_uri"):
            address = urlsplit(getattr(self, name))
            if address.scheme != "https" and not (address.scheme == "http" and address.hostname in LOOPBACK):
                raise ValueError(f"{name} must begin with https:// (http:// only on this machine)")
        if not urlsplit(self.redirect_uri).path.endswith(CALLBACK) or urlsplit(self.redirect_uri).query:
            raise ValueError(f"redirect_uri must end in {CALLBACK}")
        if "openid" not in self.scopes:
            raise ValueError("scopes must hold openid")
        return self

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the dashboard over TLS."""
        return urlsplit(self.redirect_uri).scheme == "https"

    @property
    def host(self) -> str:
        """The name browsers reach the dashboard by."""
        return urlsplit(self.redirect_uri).hostname or ""

    def for_streamlit(self) -> dict[str, Any]:
        """What `st.login` wants to know, in the shape it wants."""
        return {
            "auth": {
                "redirect_uri": self.redirect_uri,
                "cookie_secret": self.cookie_secret.get_secret_value(),
                "client_id": self.client_id,
                "client_secret": self.client_secret.get_secret_value(),
                "server_metadata_url": self.metadata_url,
                "client_kwargs": {"scope": " ".join(self.scopes), "prompt": self.prompt},
            }
        }


def file_of(data_dir: Path) -> Path:
    """Where the settings of sign-in are looked for: where the environment says, else in the data directory."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else data_dir / FILE


def load(data_dir: Path) -> SignIn | None:
    """The settings of sign-in, null where there are none. Raises SettingsError naming the key, never what it holds."""
    file = file_of(data_dir)
    if not file.exists():
        if os.environ.get(VARIABLE):
            raise SettingsError(f"{file.name}: is not where {VARIABLE} says; put it there, or take the variable away")
        return None
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise SettingsError(f"{file.name}: others on this machine can read it; run chmod 600 on it, then start again")
    try:
        return SignIn(**tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{file.name}: cannot be read as text by this user") from None
    except tomllib.TOMLDecodeError:
        # The parser's own words may quote the line, and the line may hold the secret.
        raise SettingsError(f"{file.name}: is not TOML; see that every value is in quotes") from None
    except ValidationError as wrong:
        faults = wrong.errors(include_input=False, include_url=False, include_context=False)
        lines = [f"{file.name}: {'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in faults]
        raise SettingsError("\n".join(sorted(lines))) from None
