from django.apps import AppConfig


class RobotBridgeConfig(AppConfig):
    name = "robot_bridge"
    default_auto_field = "django.db.models.BigAutoField"
