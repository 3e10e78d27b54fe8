import pytest

from epr_server.errors import SettingsError
from epr_server.settings import read_settings


def test_without_anything_the_documented_defaults_hold():
    settings = read_settings([], {"XDG_CONFIG_HOME": "/nowhere"})
    assert (settings.host, settings.port) == ("localhost", 8042)
    assert (settings.brokers, settings.topic) == ("localhost:9092", "epr.dev.events")
    assert settings.dsn == "postgres://postgres@localhost:5432/postgres"
    assert settings.max_body_bytes == 8 * 1024 * 1024


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path):
    file = tmp_path / "epr.yaml"
    file.write_text("port: 1001\ntopic: from-file\nmax-body-bytes: 77\n")
    environment = {"EPR_PORT": "1002", "EPR_TOPIC": "from-environment"}
    settings = read_settings(["--config", str(file), "--port", "1003"], environment)
    assert (settings.port, settings.topic, settings.max_body_bytes) == (
        1003,
        "from-environment",
        77,
    )


def test_the_settings_file_is_found_in_the_xdg_folder(tmp_path):
    (tmp_path / "epr").mkdir()
    (tmp_path / "epr" / "epr.yaml").write_text("topic: found\n")
    assert read_settings([], {"XDG_CONFIG_HOME": str(tmp_path)}).topic == "found"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("on", True), ("No", False), ("0", False)])  # fmt: skip
def test_booleans_are_read_from_the_environment(text, value):
    assert read_settings([], {"EPR_JSON_LOGGING": text}).json_logging is value


def test_a_boolean_flag_needs_no_value():
    assert read_settings(["--debug"], {}).debug is True
    assert read_settings(["--debug=false"], {"EPR_DEBUG": "true"}).debug is False


@pytest.mark.parametrize(
    ("url", "dsn"),
    [
        ("postgres://127.0.0.1:5433", "postgres://postgres@127.0.0.1:5433/postgres"),
        ("postgres://ferry:tide@db:5/epr?sslmode=require", "postgres://ferry:tide@db:5/epr?sslmode=require"),
        ("postgresql://db/", "postgresql://postgres@db/postgres"),
    ],
)  # fmt: skip
def test_user_and_database_of_the_url_are_honoured(url, dsn):
    assert read_settings(["--db", url], {}).dsn == dsn


@pytest.mark.parametrize(
    ("arguments", "environment", "named"),
    [
        (["--port", "eighty"], {}, "--port"),
        (["--port", "70000"], {}, "--port"),
        (["--max-body-bytes", "0"], {}, "--max-body-bytes"),
        ([], {"EPR_DEBUG": "ture"}, "EPR_DEBUG"),
        (["--tls-cert", "a.pem"], {}, "--tls-key"),
        (["--db", "mysql://db"], {}, "--db"),
        (["--db", "postgres://db:port/epr"], {}, "--db"),
        (["--topic", ""], {}, "--topic"),
        (["--config", "/nowhere/epr.yaml"], {}, "/nowhere/epr.yaml"),
    ],
)
def test_a_wrong_setting_is_named(arguments, environment, named):
    with pytest.raises(SettingsError, match=named):
        read_settings(arguments, environment)


def test_an_unknown_key_in_the_file_is_named(tmp_path):
    file = tmp_path / "epr.yaml"
    file.write_text("prot: 8042\n")
    with pytest.raises(SettingsError, match="prot"):
        read_settings(["--config", str(file)], {})


def test_the_largest_message_fits_a_payload_and_its_receiver_twice():
    settings = read_settings(["--max-body-bytes", "1000", "--max-schema-bytes", "100"], {})
    assert settings.max_message_bytes > 1000 + 2 * 100
