"""The knobs of the portal."""

from pydantic import Field, SecretStr

from chassis.settings import WebSettings, prefixed


class Settings(WebSettings):
    """What the portal needs: where the other services are, and who it is to them."""

    model_config = prefixed("portal")

    documents_url: str = Field(description="Where documents answers")
    notifications_url: str = Field(description="Where notifications answers")
    client_id: str = Field(description="Who the portal is, when it asks identity for a token")
    client_secret: SecretStr = Field(description="Its secret")
    proxies: int = Field(
        0,
        ge=0,
        description="How many proxies of yours stand in front, each adding to X-Forwarded-For; "
        "with 0 that header is not believed",
    )
