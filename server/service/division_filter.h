// Which area codes have to do with the divisions that a search asks for. Belongs to one thread.
#ifndef GI_SERVER_SERVICE_DIVISION_FILTER_H_
#define GI_SERVER_SERVICE_DIVISION_FILTER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/division.h"
#include "server/service/division_reader.h"
#include "storage/base/status_macros.h"

namespace gi::service {

// Whether an area and one of the divisions asked for lie in one another.
class DivisionFilter {
 public:
  explicit DivisionFilter(const table::RowReader& rows) : divisions_(rows) {}

  void Add(domain::DivisionCode code) { asked_.push_back(std::move(code)); }
  bool empty() const { return asked_.empty(); }

  absl::StatusOr<bool> Passes(const std::string& area_code) {
    // A code that is none lies nowhere.
    const absl::StatusOr<domain::DivisionCode> area = domain::DivisionCode::Parse(area_code, "area_codes");
    if (!area.ok()) return false;
    const auto lookup = [this](absl::string_view code) { return divisions_.Find(code); };
    for (const domain::DivisionCode& code : asked_) {
      ASSIGN_OR_RETURN(const bool holds_area, domain::IsInside(*area, code, lookup));
      if (holds_area) return true;
      ASSIGN_OR_RETURN(const bool in_area, domain::IsInside(code, *area, lookup));
      if (in_area) return true;
    }
    return false;
  }

 private:
  DivisionReader divisions_;
  std::vector<domain::DivisionCode> asked_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_DIVISION_FILTER_H_
