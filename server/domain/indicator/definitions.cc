#include "server/domain/indicator/definitions.h"

#include <algorithm>

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

constexpr auto kFlow = v1::INDICATOR_MEASURE_FLOW;
constexpr auto kStock = v1::INDICATOR_MEASURE_STOCK;
constexpr auto kCopy = v1::SOURCE_KIND_PUBLISHED_COPY;
constexpr auto kOwn = v1::SOURCE_KIND_UNCONFIRMED;
constexpr absl::string_view kNational = "国家知识产权局统计口径 (national office's tables of GI marks and users)";
constexpr absl::string_view kTrial = "地理标志专用标志使用管理办法（试行）, CNIPA announcement 354 of 2020";
constexpr absl::string_view kLocal = "convention of this registry; no published definition is known";

constexpr IndicatorRow kIndicators[] = {
    {IndicatorId::kTitlesRegistered, "titles.registered", 1, kFlow, GroupKind::kByTitleKind, "地理标志新注册认定数",
     "GI titles registered or recognised", "件", "titles",
     "按首次注册（认定）公告日计入；公告日不详的按生效日。已宣告无效的视为自始不存在，不计入；互认登记簿的地理标志不计"
     "入。",
     "Counted on the day of the first announcement, or of effect where that is not known. Titles declared invalid "
     "count "
     "as never registered; titles mirrored from other registers are not counted.",
     kCopy, kNational, true},
    {IndicatorId::kTitlesInForce, "titles.in_force", 1, kStock, GroupKind::kByTitleKind, "有效地理标志数",
     "GI titles in force", "件", "titles", "期末有效或部分有效的地理标志；宽展期内的、互认登记簿的不计入。",
     "In force, wholly or in part, on the last day. Titles in the period of grace and mirrored ones are not counted.",
     kCopy, kNational, true},
    {IndicatorId::kUsersWithLogo, "users.logo", 1, kStock, GroupKind::kByTitleKind, "地理标志用标市场主体数",
     "market entities using GIs", "家", "entities",
     "期末准许下载专用标志矢量图、授权有效、所用地理标志有效且未注销吊销的主体；同一主体只计一次，分组中每类各计一次。",
     "Entities with permission to download the vector logo under a grant that holds, for a title in force, not "
     "dissolved, "
     "on the last day. Each entity counts once in the whole and once in each kind.",
     kCopy, kNational, true},
    {IndicatorId::kUsersPerTitle, "users.per_title", 1, kStock, GroupKind::kByTitle, "各地理标志用标主体数",
     "users of each GI", "家", "entities", "期末授权有效、地理标志有效且未注销吊销的主体；合计中同一主体只计一次。",
     "Entities with a grant that holds, for a title in force, not dissolved, on the last day. The whole counts each "
     "once.",
     kOwn, kLocal, false},
    {IndicatorId::kApplicationsByState, "applications.by_state", 1, kStock, GroupKind::kByState, "各状态申请数",
     "applications by state", "件", "applications", "期末各申请所处状态；草稿自登记之日起计。",
     "By their state on the last day; drafts count from the day they were recorded.", kOwn, kLocal, false},
    {IndicatorId::kApplicationsByAge, "applications.by_age", 1, kStock, GroupKind::kByAge, "在审申请数（按申请时长）",
     "pending applications by age", "件", "applications", "期末已提交且未终结的申请，按申请日起的月数分组。",
     "Filed and not ended on the last day, by whole months since the filing date.", kOwn, kLocal, false},
    {IndicatorId::kDeadlinesMet, "deadlines.met", 1, kFlow, GroupKind::kByRule, "按期办结的期限数", "deadlines met",
     "项", "deadlines", "届满日在期内、由申请人或权利人办理且已按期办理的期限。",
     "Of applicants and holders, due in the period and met in time.", kOwn, kLocal, false},
    {IndicatorId::kDeadlinesMissed, "deadlines.missed", 1, kFlow, GroupKind::kByRule, "逾期的期限数",
     "deadlines missed", "项", "deadlines", "届满日在期内、由申请人或权利人办理而届满未办或逾期办理的期限。",
     "Of applicants and holders, due in the period and not met in time.", kOwn, kLocal, false},
    {IndicatorId::kSurveyAccepted, "survey.accepted", 1, kStock, GroupKind::kByTownship, "普查已接受记录数",
     "survey records accepted", "条", "records",
     "截至期末（按登记时间）当年普查中已接受的记录（含已被后续记录取代的），按乡镇街道分组。",
     "Of the campaigns of the year, accepted (or superseded since) by the end of the last day of record, by township.",
     kOwn, kLocal, false},
    {IndicatorId::kSurveyInReview, "survey.in_review", 1, kStock, GroupKind::kByTownship, "普查待审记录数",
     "survey records in review", "条", "records",
     "截至期末（按登记时间）当年普查中已提交或被退回的记录，按乡镇街道分组。",
     "Of the campaigns of the year, submitted or returned by the end of the last day of record, by township.", kOwn,
     kLocal, false},
    {IndicatorId::kReportsOutstanding, "reports.outstanding", 1, kStock, GroupKind::kByTitle, "未交年度使用报告数",
     "yearly use reports outstanding", "份", "reports", "上一自然年内授权曾有效、至期末未提交该年使用报告的授权。",
     "Grants that held on some day of the calendar year before, without a report on that year by the last day.", kOwn,
     kLocal, false},
    {IndicatorId::kUnusedTwoYears, "grants.unused_two_years", 1, kStock, GroupKind::kByTitle, "两年未使用的授权数",
     "grants two years without use", "项", "grants", "期末授权有效而自末次使用（无使用的自授权首日）起已满两年。",
     "Grants that hold on the last day, two years after the last use reported or, without one, after their first day.",
     kCopy, kTrial, false},
    {IndicatorId::kCandidates, "candidates.not_applied", 1, kStock, GroupKind::kByStage, "尚未申报的候选产品数",
     "candidates not yet applied for", "个", "products",
     "期末处于已识别、培育中、可申报阶段的产品；已并入他项的不计入。",
     "Products identified, in cultivation or ready on the last day; merged ones are not counted.", kOwn, kLocal, false},
    {IndicatorId::kOutputValue, "output_value.under_titles", 1, kStock, GroupKind::kByTitleKind, "地理标志产值",
     "output value under GIs", "元", "yuan",
     "期末有效地理标志所对应产品在当年普查中已接受记录的产值之和（取每条记录中计入的最新数值）；一产品多项地理标志时合"
     "计只计一次。",
     "Output value in the accepted records of the year's campaigns (the newest figure that counts of each) of products "
     "with a title in force on the last day. A product with several titles counts once in the whole.",
     kOwn, kLocal, false},
};

struct Words {
  absl::string_view key, chinese, english;
};

constexpr Words kGroupKinds[] = {
    {"", "地理标志种类", "kind of title"},         {"", "地理标志", "title"}, {"", "申请状态", "state"},
    {"", "申请时长（月）", "months since filing"}, {"", "期限", "rule"},      {"", "乡镇街道", "township"},
    {"", "培育阶段", "stage of cultivation"},
};

constexpr Words kKeys[] = {
    {"CERTIFICATION_MARK", "证明商标", "certification marks"},
    {"COLLECTIVE_MARK", "集体商标", "collective marks"},
    {"GI_PRODUCT", "地理标志产品", "GI products"},
    {"AGI", "农产品地理标志", "agricultural-product GIs"},
    {"DRAFT", "草稿", "draft"},
    {"FILED", "已提交", "filed"},
    {"CORRECTION_DUE", "待补正", "correction due"},
    {"NOT_ACCEPTED", "不予受理", "not accepted"},
    {"ACCEPTED", "已受理", "accepted"},
    {"SUBSTANTIVE_EXAM", "实质审查", "substantive examination"},
    {"EXAM_OPINION", "审查意见", "examination opinion"},
    {"REFUSED", "驳回", "refused"},
    {"REFUSAL_REVIEW", "驳回复审", "review of refusal"},
    {"REFUSAL_UPHELD", "复审维持驳回", "refusal upheld"},
    {"COURT_ON_REFUSAL", "驳回复审行政诉讼", "in court over a refusal"},
    {"PRELIMINARILY_PUBLISHED", "初步审定公告", "preliminarily published"},
    {"OPPOSED", "异议", "opposed"},
    {"APPROVED", "准予注册", "approved"},
    {"NOT_REGISTERED", "不予注册", "not registered"},
    {"NON_REGISTRATION_REVIEW", "不予注册复审", "review of non-registration"},
    {"NON_REGISTRATION_UPHELD", "复审维持不予注册", "non-registration upheld"},
    {"COURT_ON_REGISTRATION", "不予注册复审行政诉讼", "in court over non-registration"},
    {"REGISTERED", "已注册", "registered"},
    {"FINALLY_REFUSED", "终审驳回", "finally refused"},
    {"SUSPENDED", "中止", "suspended"},
    {"WITHDRAWN", "已撤回", "withdrawn"},
    {"DIVIDED", "已分割", "divided"},
    {"TECHNICAL_EXAM", "技术审查", "technical examination"},
    {"PRELIMINARILY_RECOGNISED", "初步认定公告", "preliminarily recognised"},
    {"OBJECTED", "异议（地理标志产品）", "objected"},
    {"RECOGNISED", "已认定", "recognised"},
    {"PARTIALLY_REFUSED", "部分驳回", "partially refused"},
    {"PARTLY_REGISTERED", "部分注册", "partly registered"},
    {"MIXED", "各项状态不一", "mixed"},
    {"IDENTIFIED", "已识别", "identified"},
    {"CULTIVATING", "培育中", "in cultivation"},
    {"READY", "可申报", "ready"},
};

}  // namespace

absl::Span<const IndicatorRow> Indicators() { return kIndicators; }

const IndicatorRow* FindIndicator(absl::string_view name) {
  const auto* found = std::find_if(std::begin(kIndicators), std::end(kIndicators),
                                   [&](const IndicatorRow& row) { return row.name == name; });
  return found == std::end(kIndicators) ? nullptr : found;
}

v1::IndicatorDefinition ToMessage(const IndicatorRow& row) {
  v1::IndicatorDefinition message;
  message.set_id(std::string(row.name));
  message.set_version(row.version);
  message.set_name_zh(std::string(row.name_zh));
  message.set_name_en(std::string(row.name_en));
  message.set_measure(row.measure);
  const Words& group = kGroupKinds[static_cast<size_t>(row.group)];
  message.set_group_zh(std::string(group.chinese));
  message.set_group_en(std::string(group.english));
  message.set_unit_zh(std::string(row.unit_zh));
  message.set_unit_en(std::string(row.unit_en));
  message.set_convention_zh(std::string(row.convention_zh));
  message.set_convention_en(std::string(row.convention_en));
  message.mutable_source()->set_kind(row.source_kind);
  message.mutable_source()->set_title(std::string(row.source));
  message.mutable_source()->set_verified(row.verified);
  return message;
}

std::pair<std::string, std::string> GroupLabel(GroupKind kind, absl::string_view key) {
  const bool named = kind != GroupKind::kByTitle && kind != GroupKind::kByTownship && kind != GroupKind::kByRule;
  for (const Words& words : kKeys) {
    if (named && words.key == key) return {std::string(words.chinese), std::string(words.english)};
  }
  return {std::string(key), std::string(key)};
}

}  // namespace gi::domain
