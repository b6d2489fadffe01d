"""Made-up matters of three sorts for what learns from words: some clauses of a sort, put together in a fixed order."""

from itertools import combinations, islice

CLAUSES = {
    "transport": "公交车等了很久不来 路口红绿灯坏了 出租车司机乱收费 停车位早晚不够用 公路坑洼难走 班车线路被取消 "
    "斑马线看不清楚 大货车超速行驶 客运站没有人售票 自行车道被占用",
    "environment": "养猪场气味刺鼻 烧烤摊油烟很重 工厂夜里排放废水 垃圾站没有人清运 河水发黑发臭 采石场粉尘飞扬 "
    "工地噪声到半夜 焚烧塑料冒黑烟 污水流进鱼塘 化工原料随意堆放",
    "education": "中学食堂饭菜涨价 幼儿园学费不透明 补习班老师不退费 操场跑道没有修好 学籍转入被拒绝 高考加分没有公示 "
    "班级人数太多 教师资格证办不下来 校服质量很差 图书馆周末不开门",
}


def examples() -> list[tuple[str, str, str]]:
    """Subject, text and label: 60 of each of three sorts, no two alike enough to be copies."""
    return [
        (told[0], "，".join(told) + "。", label)
        for label, clauses in CLAUSES.items()
        for told in islice(combinations(clauses.split(), 3), 0, 120, 2)
    ]
