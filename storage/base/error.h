// Errors with reasons. Every refusal in this code base is an absl::Status made by MakeError or FieldViolations: its
// code and its texts follow from the reason (proto/gi/registry/v1/error_reason.proto, texts in error_catalogue.h), and
// what varies is metadata. Layers pass such a status on unchanged; only the edge (server/rpc/status) turns it into
// google.rpc.Status.
//
// Thread-safe: free functions and value types.
#ifndef GI_STORAGE_BASE_ERROR_H_
#define GI_STORAGE_BASE_ERROR_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gi/registry/v1/common.pb.h"
#include "gi/registry/v1/error_reason.pb.h"

namespace gi {

using registry::v1::ErrorReason;

// Variable parts of a message, by the keys that error_reason.proto names for the reason. Values that could be personal
// are masked by the caller (Mask, below). A value that is words and not data may have a Chinese twin under its key with
// "_zh" appended, which the Chinese text then shows instead ("expected" and "expected_zh").
using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// A status with the code of the catalogue, the English text as message, and reason and metadata as payload. Values
// longer than 400 bytes are cut (Excerpt, below). Errors of the same reason and metadata compare equal.
absl::Status MakeError(ErrorReason reason, ErrorMetadata metadata = {});

// What a status made here carries. nullopt for a status made elsewhere.
struct ErrorDetail {
  // UNSPECIFIED for a reason that only a newer version knows.
  ErrorReason reason;
  // Sorted by key.
  ErrorMetadata metadata;
  // For FIELDS_INVALID and RECORD_INCOMPLETE: the first kMaxViolations, or fewer if they are long; metadata "count" has
  // their full number.
  std::vector<registry::v1::Violation> violations;
};
std::optional<ErrorDetail> GetErrorDetail(const absl::Status& status);

// The reason of a status, or ERROR_REASON_UNSPECIFIED.
ErrorReason GetErrorReason(const absl::Status& status);

enum class Language { kChinese, kEnglish };

// The catalogue's text for a reason, with the metadata filled in: "?" for a key that is missing, "(none)" for an empty
// value.
std::string ErrorText(ErrorReason reason, const ErrorMetadata& metadata, Language language);

// The canonical code of a reason.
absl::StatusCode ErrorCode(ErrorReason reason);

// Largest number of violations an error carries; gRPC turns larger trailers into RESOURCE_EXHAUSTED.
inline constexpr size_t kMaxViolations = 16;

// Collects findings about the fields of one request. Not thread-safe.
class FieldViolations {
 public:
  // `metadata` need not hold "field". After 1,000 findings further ones are dropped.
  void Add(absl::string_view field, ErrorReason reason, ErrorMetadata metadata = {});
  void Add(const registry::v1::Violation& violation);
  // Takes over the findings of `other` about fields that have none here.
  void Merge(const FieldViolations& other);
  // What they are called together, instead of FIELDS_INVALID: where the request is right and what it speaks of is not.
  // `metadata` is added to that of FIELDS_INVALID.
  void NameThem(ErrorReason reason, ErrorMetadata metadata);
  bool empty() const { return all_.empty(); }
  const std::vector<registry::v1::Violation>& all() const { return all_; }
  // OK if there are none; otherwise FIELDS_INVALID (or what NameThem said) with the first kMaxViolations, as far as
  // they fit into 3 KiB.
  absl::Status ToStatus() const;

 private:
  std::vector<registry::v1::Violation> all_;
  ErrorReason reason_ = ErrorReason::ERROR_REASON_FIELDS_INVALID;
  ErrorMetadata metadata_;
  // Findings beyond the most that are kept.
  bool dropped_ = false;
};

// The value with all but its first two and last two characters replaced by '*'; all of them if there are fewer than 8.
// For anything that could be personal.
std::string Mask(absl::string_view value);

// The value cut to `max_bytes` at a character border, for echoing in messages; marked with "…" if cut. Control
// characters and line separators become spaces, bytes that are not UTF-8 become '?'.
std::string Excerpt(absl::string_view value, size_t max_bytes = 60);

}  // namespace gi

#endif  // GI_STORAGE_BASE_ERROR_H_
