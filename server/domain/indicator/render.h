// Figures as files: a table for spreadsheets, and a report to send. Pure and thread-safe.
#ifndef GI_SERVER_DOMAIN_INDICATOR_RENDER_H_
#define GI_SERVER_DOMAIN_INDICATOR_RENDER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gi/registry/v1/clock.pb.h"
#include "gi/registry/v1/indicator.pb.h"
#include "storage/base/error.h"

namespace gi::domain {

// One line for each point. UTF-8 with a byte-order mark, lines end with CR LF (RFC 4180); formula cells are
// neutralised.
std::string ToCsv(const registry::v1::QueryIndicatorsResponse& figures, Language language);

// What the report is about, beside its figures (of one month).
struct ReportHead {
  std::string organisation;
  registry::v1::QueryIndicatorsResponse figures;
  // Days that the deadlines are due on.
  registry::v1::Period due;
  // Open or missed, the earliest first.
  std::vector<registry::v1::Deadline> deadlines;
  size_t more_deadlines = 0;
};
// Markdown in Chinese. Texts of the register are escaped.
std::string ToMarkdown(const ReportHead& report);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_INDICATOR_RENDER_H_
