// The Chinese words behind labels.h.
#ifndef GI_CLIENT_GICTL_LABEL_TABLES_H_
#define GI_CLIENT_GICTL_LABEL_TABLES_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace gi::client::gictl {

struct Label {
  absl::string_view name;
  absl::string_view chinese;
};

// By name of the value, e.g. "VERDICT_AUTHORIZED".
absl::Span<const Label> EnumLabels();
// By name of the field, whatever message it is in.
absl::Span<const Label> FieldLabels();

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_LABEL_TABLES_H_
