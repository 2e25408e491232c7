// What the rows of the register hold about a question, at any revision; and the answer made of it.
// Belongs to one request.
#ifndef GI_SERVER_SERVICE_CHECK_ROWS_H_
#define GI_SERVER_SERVICE_CHECK_ROWS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gi/registry/v1/check.pb.h"
#include "server/domain/decide.h"
#include "server/domain/division.h"
#include "server/domain/uscc.h"
#include "server/projection/projection.h"
#include "server/service/division_reader.h"
#include "server/service/title_finder.h"
#include "storage/registry/registry.h"
#include "storage/table/table.h"

namespace gi::service {

// A question whose fields were found right. Points into the request.
struct Question {
  const registry::v1::CheckAuthorizationRequest* request;
  Day date;
  std::optional<domain::DivisionCode> place;

  domain::CheckQuery query() const;
};

// Adds what the field rules leave open; `place` is set if there is one and it is a code.
void CheckQuestion(const registry::v1::CheckAuthorizationRequest& request, std::optional<domain::DivisionCode>& place,
                   FieldViolations& violations);

// Grants of one pair that a check looks at; a pair has a handful in a lifetime.
inline constexpr size_t kMaxGrantsOfPair = 1000;

// Rows that were read for a question.
struct FoundRows {
  std::optional<table::Row<registry::v1::Indication>> title;
  TitleMatches matches;  // how the title was found, or what may have been meant
  std::optional<table::Row<registry::v1::Entity>> entity;
  std::optional<domain::UsccJudgement> uscc;
  std::vector<table::Row<registry::v1::Authorization>> grants;
};

class RowCheck {
 public:
  // All must outlive this. `hints`: where entity and grants are to be looked for first, or nullptr; of a state at least
  // as new as the view's.
  RowCheck(const registry::ReadView& view, const TitleFinder& titles, const Question& question,
           const projection::Projection* hints);

  // Reads and decides. Errors of the store.
  absl::StatusOr<domain::Decision> Decide();

  // After Decide.
  FoundRows& found() { return found_; }
  const domain::RowFacts& facts() const { return *facts_; }

 private:
  absl::Status FindTitle();
  absl::Status FindEntity();
  absl::Status FindGrants();
  // By what the projection says now; false if it says nothing that is sure to hold for the view.
  absl::StatusOr<bool> FindEntityByHint(const std::string& uscc);
  absl::StatusOr<bool> FindGrantsByHint(absl::string_view title, absl::string_view entity);
  absl::Status ReadGrants(const std::vector<std::string>& ids);

  const table::RowReader& rows_;
  const TitleFinder& titles_;
  const Question& question_;
  DivisionReader divisions_;
  const projection::Projection* hints_;
  std::optional<projection::Projection::Version> hints_version_;
  FoundRows found_;
  std::optional<domain::RowFacts> facts_;
};

// Decides with the facts and the place test of divisions.
absl::StatusOr<domain::Decision> DecideQuestion(const domain::CheckFacts& facts, const Question& question,
                                                domain::DivisionLookup divisions);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_CHECK_ROWS_H_
