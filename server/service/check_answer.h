// Turns decisions into answers. Thread-safe: free functions; SharedParts belongs to one request.
#ifndef GI_SERVER_SERVICE_CHECK_ANSWER_H_
#define GI_SERVER_SERVICE_CHECK_ANSWER_H_

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "gi/registry/v1/check.pb.h"
#include "server/service/check_rows.h"
#include "server/service/output.h"
#include "storage/registry/registry.h"

namespace gi::service {

// What the answers of a batch have in common, kept once in its response.
class SharedParts {
 public:
  // `response` must outlive this.
  explicit SharedParts(registry::v1::BatchCheckAuthorizationsResponse& response) : response_(response) {}

  // Moves texts and basis of the answer to the batch.
  void Share(registry::v1::CheckAuthorizationResponse& answer);

 private:
  void ShareTexts(registry::v1::ReasonDetail& detail);
  bool IsNew(const std::string& name, const registry::v1::Date& date);

  registry::v1::BatchCheckAuthorizationsResponse& response_;
  absl::flat_hash_map<std::string, int> texts_;
  absl::flat_hash_map<std::string, bool> rows_;
};

// Verdict, reasons and validity.
void FillVerdict(const domain::Decision& decision, registry::v1::CheckAuthorizationResponse& response);

// Answers from the rows of a view: all but read_point and date. `hints` as for RowCheck. Errors of the store.
absl::Status AnswerFromRows(const registry::ReadView& view, const TitleFinder& titles, const Question& question,
                            registry::v1::CheckView detail, const projection::Projection* hints,
                            registry::v1::CheckAuthorizationResponse& response);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_CHECK_ANSWER_H_
