"""The networks that have names: what was published of each, and files that people can read."""

import pytest

from cnnfilt.describe.chain import describe, parse_chain
from cnnfilt.describe.layers import Volume
from cnnfilt.describe.named_models import FOLDER, model_names, named_model
from cnnfilt.parsing import parse_size

PUBLISHED = {
    "alexnet": (61_100_840, 0.71),
    "convnext_tiny": (28_589_128, 4.46),
    "densenet121": (7_978_856, 2.83),
    "efficientnet_b0": (5_288_548, 0.39),
    "googlenet": (6_624_904, 1.50),
    "mobilenet_v2": (3_504_872, 0.30),
    "mobilenet_v3_large": (5_483_032, 0.22),
    "resnet18": (11_689_512, 1.81),
    "resnet34": (21_797_672, 3.66),
    "resnet50": (25_557_032, 4.09),
    "resnet101": (44_549_160, 7.80),
    "resnext50_32x4d": (25_028_904, 4.23),
    "shufflenet_v2_x1_0": (2_278_604, 0.14),
    "squeezenet1_1": (1_235_496, 0.35),
    "vgg11": (132_863_336, 7.61),
    "vgg11_bn": (132_868_840, 7.61),
    "vgg13": (133_047_848, 11.31),
    "vgg13_bn": (133_053_736, 11.31),
    "vgg16": (138_357_544, 15.47),
    "vgg16_bn": (138_365_992, 15.47),
    "vgg19": (143_667_240, 19.63),
    "vgg19_bn": (143_678_248, 19.63),
    "wide_resnet50_2": (68_883_240, 11.40),
}
"""Parameters and GFLOPS, which are MACs, as the table of torchvision's classification models has them."""

OTHERS = ("lenet5", "unet")

STATISTICS = {"resnet18": 9_600, "resnet50": 53_120, "mobilenet_v2": 34_112, "densenet121": 83_648}
"""Running means and variances, of the bn buffers of torchvision's models."""


def described(name, size=None):
    model = named_model(name)
    return describe(parse_chain([model.layers]), Volume(*parse_size(size or model.size)))


def test_every_network_is_held_to_what_was_published():
    assert set(model_names()) == {*PUBLISHED, *OTHERS}


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_macs_of_torchvision(name):
    reports = described(name)
    params, gigamacs = PUBLISHED[name]
    assert sum(report.effect.params for report in reports) == params
    assert abs(sum(report.effect.macs for report in reports) / 1e9 - gigamacs) < 0.0051
    assert str(reports[-1].output) == "1000"


@pytest.mark.parametrize("name", STATISTICS)
def test_running_statistics(name):
    assert sum(report.effect.statistics for report in described(name)) == STATISTICS[name]


def test_lenet_5():
    reports = described("lenet5")
    assert sum(report.effect.params for report in reports) == 61_706
    assert str(reports[-1].output) == "10"


def test_u_net_has_the_sizes_of_its_paper():
    """Figure 1 of Ronneberger, Fischer & Brox (2015), all numbers in it along the way."""
    sizes = [report.output.height for report in described("unet") if report.layer.word.startswith(("conv", "tconv"))]
    assert sizes == [
        570,
        568,
        282,
        280,
        138,
        136,
        66,
        64,
        30,
        28,
        56,
        54,
        52,
        104,
        102,
        100,
        200,
        198,
        196,
        392,
        390,
        388,
        388,
    ]
    assert str(described("unet")[-1].output) == "388x388x2"
    assert str(described("unet", "188x188x1")[-1].output) == "4x4x2"
    cats = [report.output.channels for report in described("unet") if report.layer.word.startswith("cat")]
    assert cats == [1024, 512, 256, 128]


@pytest.mark.parametrize(
    ("name", "before_the_pool"), [("resnet18", 435), ("resnet34", 899), ("resnet50", 427), ("resnet101", 971)]
)
def test_receptive_fields_of_residual_networks(name, before_the_pool):
    """As published for torchvision's networks, before their last pooling."""
    *_, last = [
        report for report in described(name) if report.receptive_field and "pool:global" not in report.layer.word
    ]
    assert last.receptive_field == (before_the_pool, before_the_pool)
    assert last.jump == (32, 32)


SLIM = {
    "mobilenet_v1": (
        315,
        "conv:32,k=3,s=2,p=same dw:k=3,p=same conv:64,k=1 dw:k=3,s=2,p=same conv:128,k=1 dw:k=3,p=same conv:128,k=1 "
        "dw:k=3,s=2,p=same conv:256,k=1 dw:k=3,p=same conv:256,k=1 dw:k=3,s=2,p=same conv:512,k=1 "
        "5*( dw:k=3,p=same conv:512,k=1 ) dw:k=3,s=2,p=same conv:1024,k=1 dw:k=3,p=same conv:1024,k=1",
    ),
    "resnet_v1_50": (
        483,
        "conv:64,k=7,s=2,p=3 pool:max,k=3,s=2,p=1 "
        + " ".join(
            f"{times}*( as:in conv:8,k=1 conv:8,k=3,p=1 conv:8,k=1 as:main from:in conv:8,k=1 add:main ) "
            f"as:in conv:8,k=1 conv:8,k=3,s={stride},p=1 conv:8,k=1 as:main from:in conv:8,k=1,s={stride} add:main"
            for times, stride in ((2, 2), (3, 2), (5, 2), (2, 1))
        ),
    ),
    "vgg_16": (212, "2*( 2*( conv:8,k=3,p=1 ) pool:max ) 3*( 3*( conv:8,k=3,p=1 ) pool:max )"),
    "alexnet_v2": (
        195,
        "conv:8,k=11,s=4 pool:max,k=3,s=2 conv:8,k=5,p=2 pool:max,k=3,s=2 3*( conv:8,k=3,p=1 ) pool:max,k=3,s=2",
    ),
}
"""Table 1 of Araujo, Norris & Sim (2019), and those networks of TF-Slim, channels aside."""


@pytest.mark.parametrize("name", SLIM)
def test_published_receptive_fields(name):
    field, words = SLIM[name]
    report = describe(parse_chain([words]), Volume(224, 224, 3))[-1]
    assert report.receptive_field == (field, field)
    assert report.jump == (32, 32) or name == "alexnet_v2"


@pytest.mark.parametrize("name", model_names())
def test_files_are_made_to_be_read(name):
    model = named_model(name)
    assert all((model.title, model.source, model.size))
    assert len(model.title) <= 49, "name, size and title fit a terminal of 80 columns"
    with open(f"{FOLDER}/{name}.net", encoding="utf-8") as file:
        assert all(len(line) <= 121 and "\t" not in line for line in file)
