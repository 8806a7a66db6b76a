"""What is written down about the installation agrees with itself: ports, gateway, containers, packages."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from tools import gateway
from tools.containers import engine, images
from tools.containers.images import AIRGAPPED, OFFICIAL
from tools.containers.secrets import write_secrets
from tools.containers.shop import ComposeShop, shop_of
from tools.containers.wheels import PYTHON
from tools.departments import DEPARTMENTS
from tools.native import packages
from tools.native.layout import Layout
from tools.native.processes import NotStarted, program
from tools.native.running import Shop
from tools.root import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(Layout(tmp_path / "shop", 19000))
    made.layout.make()
    made.keys.make()
    return made


class TestPorts:
    def test_of_all_processes_differ(self) -> None:
        layout = Layout(Path("/nowhere"), 18000)

        every = [layout.port(name, replica) for name in DEPARTMENTS for replica in range(1, 6)]

        assert len(set(every)) == len(every)
        assert layout.port("booking") == 18001
        assert layout.port("staff") == 18008
        assert layout.port("booking", 2) == 18101
        assert layout.port("staff", 5) == 18168

    def test_of_a_second_checkout_can_be_moved(self) -> None:
        assert Layout.of({"PORT_BASE": "18200"}).gateway_port == 18280


class TestTheGateway:
    def test_is_understood_by_nginx(self, shop: Shop) -> None:
        config = shop._write_gateway()

        argv = [program("nginx"), "-t", "-c", config, "-p", str(shop.layout.folder), "-e", "stderr"]
        shop.layout.log_file("access").parent.mkdir(parents=True)
        tried = subprocess.run(argv, capture_output=True, text=True, check=False)

        assert tried.returncode == 0, tried.stderr

    def test_shows_no_departments_health_or_metrics(self) -> None:
        text = gateway.configuration({"parts": ["parts:8000"]}, gateway.CONTAINER)

        locations = [line.split()[1:3] for line in text.splitlines() if line.strip().startswith("location")]

        assert ["/api/parts/", "{"] in locations
        assert not [where for where in locations if "metrics" in str(where)]
        assert [where for where in locations if "health" in str(where)] == [["=", "/gateway/health"]]

    def test_of_the_containers_leads_to_every_department(self) -> None:
        text = gateway.container_files()[ROOT / "deploy" / "nginx" / "nginx.conf"]

        assert all(f"location /api/{name}/ {{ proxy_pass http://{name}:8000" in text for name in DEPARTMENTS)


class TestTheContainers:
    def test_are_one_per_department(self) -> None:
        assert set(DEPARTMENTS) <= COMPOSE["services"].keys()

    def test_publish_the_gateway_alone(self) -> None:
        published = [name for name, service in COMPOSE["services"].items() if "ports" in service]

        assert published == ["gateway"]

    @pytest.mark.parametrize("name", list(COMPOSE["services"]))
    def test_have_bounds(self, name: str) -> None:
        assert COMPOSE["services"][name]["deploy"]["resources"]["limits"]["memory"]

    def test_get_exactly_the_secrets_that_are_written(self, shop: Shop) -> None:
        folder = shop.layout.folder / "secrets"

        write_secrets(folder, shop.keys, shop.postgres, shop.broker)

        assert {file.name for file in folder.iterdir()} == COMPOSE["secrets"].keys()

    def test_that_run_are_not_made_anew_because_secrets_are_written_again(self, shop: Shop) -> None:
        folder = shop.layout.folder / "secrets"

        write_secrets(folder, shop.keys, shop.postgres, shop.broker)
        before = {file.name: file.read_text() for file in folder.iterdir()}
        write_secrets(folder, shop.keys, shop.postgres, shop.broker)

        assert {file.name: file.read_text() for file in folder.iterdir()} == before

    def test_are_the_official_ones_where_nobody_says_otherwise(self) -> None:
        names = [str(service.get("image", "")) for service in COMPOSE["services"].values()]

        for variable, image in OFFICIAL.variables.items():
            if variable != "PYTHON_IMAGE":
                assert f"${{{variable}:-{image}}}" in names
        assert COMPOSE["services"]["migrations"]["build"]["args"] == {
            "PYTHON_IMAGE": f"${{PYTHON_IMAGE:-{OFFICIAL.python}}}"
        }

    def test_from_distribution_packages_are_the_ones_that_are_made(self) -> None:
        made = yaml.safe_load((ROOT / "tools" / "images" / "compose.yml").read_text(encoding="utf-8"))

        names = {service["image"] for service in made["services"].values()}

        assert names == {AIRGAPPED.python, *AIRGAPPED.servers}

    def test_run_the_same_python_and_postgresql_whoever_made_the_images(self) -> None:
        for each in (OFFICIAL, AIRGAPPED):
            assert each.python.partition(":")[2].startswith(PYTHON)
            assert each.postgres.partition(":")[2].startswith("17")

    def test_are_not_opened_while_their_images_are_missing(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(images, "ready", lambda: False)
        containers = ComposeShop(shop.layout)

        with pytest.raises(NotStarted):
            containers.up(say=lambda _: None)

        assert not containers.opened

    def test_give_way_to_processes_where_no_engine_answers(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "address", lambda: None)

        assert isinstance(shop_of(shop.layout, "auto"), Shop)
        assert isinstance(shop_of(shop.layout, "compose"), ComposeShop)
        with pytest.raises(NotStarted):
            shop_of(shop.layout, "podman")

    def test_give_way_to_processes_where_images_cannot_be_had(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "address", lambda: "unix:///an-engine")
        monkeypatch.setattr(images, "ready", lambda: False)
        monkeypatch.setattr(images, "could_be_had", lambda: False)

        assert isinstance(shop_of(shop.layout, "auto", say=lambda _: None), Shop)

    def test_of_departments_cannot_write_nor_gain_rights(self) -> None:
        for name in (*DEPARTMENTS, "migrations", "gateway"):
            service = COMPOSE["services"][name]
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
            assert service["security_opt"] == ["no-new-privileges:true"]

    def test_only_staff_gets_the_private_key(self) -> None:
        holders = [n for n, service in COMPOSE["services"].items() if "signing-key.pem" in str(service)]

        assert holders == ["staff"]


class TestSecrets:
    def test_are_made_once(self, shop: Shop) -> None:
        before = (shop.keys.shop_id, shop.keys.jwks.read_text(), shop.keys.master_key.read_text())

        shop.keys.make()

        assert (shop.keys.shop_id, shop.keys.jwks.read_text(), shop.keys.master_key.read_text()) == before

    def test_that_are_private_are_for_the_owner_alone(self, shop: Shop) -> None:
        for private in (shop.keys.signing_key, shop.keys.master_key, shop.keys.first_password):
            assert private.stat().st_mode & 0o077 == 0
        assert "d" not in json.loads(shop.keys.jwks.read_text())["keys"][0]

    def test_only_staff_is_told_where_the_private_key_is(self, shop: Shop) -> None:
        told = [name for name in DEPARTMENTS if "AUTH_PRIVATE_KEY" in shop.departments.environment(name)]

        assert told == ["staff"]


class TestInstallingPackages:
    def test_puts_back_the_policy_that_was_there(self, tmp_path: Path) -> None:
        policy = tmp_path / "policy-rc.d"
        policy.write_text("exit 0")
        policy.chmod(0o700)

        with packages._file(policy, "exit 101", 0o755):
            assert policy.read_text() == "exit 101"

        assert policy.read_text() == "exit 0"
        assert policy.stat().st_mode & 0o777 == 0o700

    def test_leaves_no_policy_where_there_was_none(self, tmp_path: Path) -> None:
        with packages._file(tmp_path / "policy-rc.d", "exit 101", 0o755):
            assert (tmp_path / "policy-rc.d").exists()

        assert not (tmp_path / "policy-rc.d").exists()

    def test_keeps_the_other_settings_for_clusters(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = tmp_path / "createcluster.conf"
        settings.write_text("ssl = on\ncreate_main_cluster = true\n")
        monkeypatch.setattr(packages, "CLUSTER_POLICY", settings)

        assert packages._cluster_policy() == "ssl = on\ncreate_main_cluster = false\n"
