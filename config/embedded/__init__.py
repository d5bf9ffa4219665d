"""PostgreSQL, Valkey and MQTT from wheels, where no URL names a real one."""


class EmbeddedServiceError(RuntimeError):
    """A service the platform brings with it could not be started."""
