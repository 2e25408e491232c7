// Empty workbooks with the right columns, for people to fill in.
#ifndef GI_CLIENT_GICTL_TEMPLATE_WORKBOOK_H_
#define GI_CLIENT_GICTL_TEMPLATE_WORKBOOK_H_

#include <string>

#include "absl/status/status.h"
#include "gi/mapping/v1/mapping.pb.h"

namespace gi::client::gictl {

// "必填：营业执照上的全称".
std::string TemplateNote(const mapping::v1::Column& column);

// One row of heads, with what belongs into each column as a comment and in a row above; all cells are text, so that a
// spreadsheet program leaves numbers, codes and days as they are typed; columns that take one of a few words have a
// list of them. A usage error if the file cannot be written.
absl::Status WriteTemplateWorkbook(const mapping::v1::Mapping& mapping, const std::string& path);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_TEMPLATE_WORKBOOK_H_
