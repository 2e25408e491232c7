#include "client/gictl/quantities.h"

#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/gictl/labels.h"
#include "client/gictl/table.h"

namespace gi::client::gictl {

namespace v1 = registry::v1;

std::string FormatQuantity(const v1::Quantity& quantity, Language language) {
  std::string text = quantity.value();
  if (quantity.magnitude() != v1::MAGNITUDE_UNSPECIFIED) {
    absl::StrAppend(&text, " ", EnumLabel(*v1::Magnitude_descriptor(), quantity.magnitude(), language));
  }
  if (quantity.unit() != v1::UNIT_UNSPECIFIED) {
    absl::StrAppend(&text, " ", EnumLabel(*v1::Unit_descriptor(), quantity.unit(), language));
  }
  return text;
}

void PrintSeries(const Session& session, const google::protobuf::RepeatedPtrField<v1::ComparisonSeries>& all) {
  Table table;
  table.AddRow({session.Say("指标", "subject"), session.Say("代码", "codes"), session.Say("名称", "name"),
                session.Say("普查", "survey"), session.Say("记录", "records"), session.Say("合计", "total"),
                session.Say("增减", "change"), session.Say("比", "ratio")});
  for (const v1::ComparisonSeries& series : all) {
    const std::string name = series.sector() == v1::SECTOR_UNSPECIFIED
                                 ? series.display_name()
                                 : EnumLabel(*v1::Sector_descriptor(), series.sector(), session.language);
    for (const v1::ComparisonPoint& point : series.points()) {
      table.AddRow({EnumLabel(*v1::MeasuredSubject_descriptor(), series.subject(), session.language),
                    absl::StrJoin(series.codes(), ","), name, point.survey(), absl::StrCat(point.records()),
                    FormatQuantity(point.total(), session.language), point.change(), point.ratio()});
    }
  }
  table.Print(session.out);
}

}  // namespace gi::client::gictl
