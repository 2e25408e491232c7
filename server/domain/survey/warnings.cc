#include "server/domain/survey/warnings.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/domain/survey/measurements.h"
#include "server/domain/survey/ruleset.h"

namespace gi::domain {
namespace {

namespace v1 = registry::v1;

struct Record {
  v1::SurveyRecord& row;
  std::vector<FigureGroup> groups;
};

std::string PathOf(int figure) { return absl::StrCat("measurements[", figure, "].quantity"); }

std::string Text(const Record& record, const FigureGroup& group, Language language) {
  return QuantityText(record.row.measurements(group.counting).quantity(), language);
}

void Warn(Record& record, v1::WarningKind kind, std::string field, std::string chinese, std::string english) {
  v1::SurveyWarning& warning = *record.row.add_warnings();
  warning.set_id(absl::StrCat("w", record.row.warnings_size()));
  warning.set_kind(kind);
  warning.set_field(std::move(field));
  warning.set_message_zh(std::move(chinese));
  warning.set_message_en(std::move(english));
}

void UnusualYield(const WarningContext& context, Record& record) {
  const v1::UsualYield* usual = UsualYieldOf(*context.rules, record.row);
  if (usual == nullptr) return;
  const auto low = ToAmount(usual->low());
  const auto high = ToAmount(usual->high());
  for (const FigureGroup& output : record.groups) {
    if (output.subject != v1::MEASURED_SUBJECT_OUTPUT || output.counting < 0 || output.unit != low->unit) continue;
    for (const FigureGroup& area : record.groups) {
      if (area.subject != v1::MEASURED_SUBJECT_AREA || area.unit != v1::UNIT_MU || area.year != output.year ||
          area.counting < 0 || area.amount.value == 0) {
        continue;
      }
      const mpq_class yield = output.amount.value / area.amount.value;
      if (yield >= low->value && yield <= high->value) continue;
      const std::string number = FormatDecimal(yield, 2);
      const UnitValue& unit = *FindUnit(output.unit);
      Warn(record, v1::WARNING_KIND_UNUSUAL_YIELD, PathOf(output.counting),
           absl::StrCat(output.year, " 年亩均产量为 ", number, " ", unit.word_zh, "，通常为 ",
                        QuantityText(usual->low(), Language::kChinese), " 至 ",
                        QuantityText(usual->high(), Language::kChinese)),
           absl::StrCat("the output of ", output.year, " is ", number, " ", unit.word_en, " on one mu, usual is ",
                        QuantityText(usual->low(), Language::kEnglish), " to ",
                        QuantityText(usual->high(), Language::kEnglish)));
    }
  }
}

void AreaAboveTownship(const WarningContext& context, Record& record) {
  if (context.township == nullptr || !context.township->has_land_area()) return;
  const auto land = ToAmount(context.township->land_area());
  for (const FigureGroup& area : record.groups) {
    if (area.subject != v1::MEASURED_SUBJECT_AREA || area.counting < 0 || !land || area.unit != land->unit) continue;
    if (area.amount.value <= land->value) continue;
    Warn(record, v1::WARNING_KIND_AREA_ABOVE_TOWNSHIP, PathOf(area.counting),
         absl::StrCat("面积 ", Text(record, area, Language::kChinese), " 大于该乡镇的面积 ",
                      QuantityText(context.township->land_area(), Language::kChinese)),
         absl::StrCat("the area, ", Text(record, area, Language::kEnglish), ", is larger than the township's, ",
                      QuantityText(context.township->land_area(), Language::kEnglish)));
  }
}

void Jump(const WarningContext& context, Record& record) {
  if (context.previous == nullptr) return;
  const std::vector<FigureGroup> before = GroupFigures(*context.previous);
  const mpq_class factor = JumpFactorOf(*context.rules);
  for (const FigureGroup& now : record.groups) {
    // The newest figure of each subject and unit, against the newest of the record before, if that is of an earlier
    // year.
    if (NewestFigure(record.groups, now.subject, now.unit) != &now) continue;
    const FigureGroup* then = NewestFigure(before, now.subject, now.unit);
    if (then == nullptr || then->year >= now.year) continue;
    const bool up = now.amount.value > then->amount.value * factor;
    const bool down = now.amount.value * factor < then->amount.value;
    if (!up && !down) continue;
    const v1::Quantity& old = context.previous->measurements(then->counting).quantity();
    Warn(record, v1::WARNING_KIND_JUMP, PathOf(now.counting),
         absl::StrCat(now.year, " 年为 ", Text(record, now, Language::kChinese), "，", then->year, " 年为 ",
                      QuantityText(old, Language::kChinese), "，相差超过 ", FormatDecimal(factor, 2), " 倍"),
         absl::StrCat(Text(record, now, Language::kEnglish), " in ", now.year, " after ",
                      QuantityText(old, Language::kEnglish), " in ", then->year, ": more than ",
                      FormatDecimal(factor, 2), " times ", up ? "more" : "less"));
  }
}

void ConflictingFigures(const WarningContext&, Record& record) {
  for (const FigureGroup& group : record.groups) {
    if (!group.conflicting || group.counting >= 0) continue;
    std::string chinese, english;
    for (const int figure : group.figures) {
      const v1::Measurement& one = record.row.measurements(figure);
      absl::StrAppend(&chinese, chinese.empty() ? "" : "、", one.id(), " ",
                      QuantityText(one.quantity(), Language::kChinese));
      absl::StrAppend(&english, english.empty() ? "" : ", ", one.id(), " ",
                      QuantityText(one.quantity(), Language::kEnglish));
    }
    Warn(record, v1::WARNING_KIND_CONFLICTING_FIGURES, PathOf(group.figures.front()),
         absl::StrCat(group.year, " 年的数值互相矛盾且尚未选定：", chinese),
         absl::StrCat("the figures of ", group.year, " differ and none was chosen: ", english));
  }
}

void UnverifiedFigure(const WarningContext&, Record& record) {
  for (const FigureGroup& group : record.groups) {
    if (group.counting < 0) continue;
    const v1::Measurement& figure = record.row.measurements(group.counting);
    if (figure.method() != v1::MEASUREMENT_METHOD_ESTIMATED || figure.source().verified()) continue;
    Warn(record, v1::WARNING_KIND_UNVERIFIED_FIGURE, PathOf(group.counting),
         absl::StrCat(Text(record, group, Language::kChinese), " 为估算，且来源未经核实：", figure.source().title()),
         absl::StrCat(Text(record, group, Language::kEnglish),
                      " is an estimate from a source that was not verified: ", figure.source().title()));
  }
}

void PlaceUnknown(const WarningContext& context, Record& record) {
  if (context.place_known) return;
  const std::string code = record.row.place_code();
  Warn(record, v1::WARNING_KIND_PLACE_UNKNOWN, "place_code", absl::StrCat("区划代码表中没有 ", code),
       absl::StrCat(code, " is not in the table of divisions"));
}

void FiledTwice(const WarningContext& context, Record& record) {
  if (context.twin == nullptr) return;
  Warn(record, v1::WARNING_KIND_FILED_TWICE, "product",
       absl::StrCat("本次普查已有同一产品、产地和品种的记录 ", context.twin->name()),
       absl::StrCat("the campaign has ", context.twin->name(), " about the same product, place and variety already"));
}

using SoftCheck = void (*)(const WarningContext&, Record&);
constexpr SoftCheck kSoftChecks[] = {UnusualYield,     AreaAboveTownship, Jump,      ConflictingFigures,
                                     UnverifiedFigure, PlaceUnknown,      FiledTwice};

}  // namespace

void FindWarnings(const WarningContext& context, v1::SurveyRecord& row) {
  row.clear_warnings();
  Record record{row, GroupFigures(row)};
  for (const SoftCheck check : kSoftChecks) check(context, record);
}

}  // namespace gi::domain
