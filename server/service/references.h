// Checks of what one resource says about others. Thread-safe.
#ifndef GI_SERVER_SERVICE_REFERENCES_H_
#define GI_SERVER_SERVICE_REFERENCES_H_

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/domain/division.h"
#include "server/service/mutate.h"

namespace gi::service {

// Finds the resource that a field names: adds FIELD_MALFORMED if it is no such name, REFERENCE_NOT_FOUND if there is no
// row.
template <class Message>
absl::Status CheckReference(const table::RowReader& rows, const std::string& name, absl::string_view field,
                            FieldViolations& violations) {
  const std::string id = domain::IdOfName(name, Kind<Message>::kCollection, field, violations);
  if (id.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<table::Row<Message>> row, Kind<Message>::Table().Get(rows, id));
  if (row) return absl::OkStatus();
  return MakeError(ErrorReason::ERROR_REASON_REFERENCE_NOT_FOUND,
                   {{"field", std::string(field)}, {"name", domain::EchoValue(name)}});
}

// Adds DIVISION_CODE_MALFORMED for each element that is none.
template <class Codes>
void CheckAreaCodes(const Codes& codes, absl::string_view field, FieldViolations& violations) {
  for (int i = 0; i < codes.size(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    AddFinding(domain::DivisionCode::Parse(codes.Get(i), path).status(), path, violations);
  }
}

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_REFERENCES_H_
