"""What the caller asks, by kind of call (CRM-10, BOOK-35), in both languages."""

from contracts.values import Title
from crm.domain.follow_up import FollowUpKind

_GREETING = Title(
    zh="您好,我是售后服务的客服专员。现在方便接听吗?",
    en="Good day, this is customer service of the workshop. Is this a good moment?",
)
_THANKS = Title(zh="感谢您的意见,祝您用车愉快。", en="Thank you for telling us, and drive safely.")

SCRIPTS: dict[str, tuple[Title, ...]] = {
    FollowUpKind.AFTER_SERVICE: (
        _GREETING,
        Title(zh="车辆修后使用情况怎么样?故障解决了吗?", en="How does the car run? Is the fault gone?"),
        Title(zh="服务顾问讲解清楚吗?费用清楚吗?", en="Were the work and the costs explained clearly?"),
        Title(zh="有什么不满意的地方吗?", en="Is there anything you are not content with?"),
        _THANKS,
    ),
    FollowUpKind.RECOVERY: (
        _GREETING,
        Title(
            zh="您预约的时间车辆未到店,是否需要重新预约?", en="You missed your slot. Shall we find a new one?"
        ),
        _THANKS,
    ),
    FollowUpKind.RETENTION: (
        _GREETING,
        Title(
            zh="您的车有一段时间没有保养了,近况如何?",
            en="It is some time since your last visit. How is the car?",
        ),
        Title(zh="需要为您预约一次检查吗?", en="May we book a check for you?"),
        _THANKS,
    ),
    FollowUpKind.COMPLAINT_HANDLING: (
        _GREETING,
        Title(
            zh="您对投诉的处理是否及时、是否满意?",
            en="Was your complaint handled in time and to your content?",
        ),
        _THANKS,
    ),
}
