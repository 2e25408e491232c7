#include "storage/base/error.h"

#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "gi/rpc/v1/status.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "storage/base/error_catalogue.h"

namespace gi {
namespace {

using error_catalogue::CatalogueRow;
using error_catalogue::kCatalogue;
using registry::v1::Violation;

constexpr char kDomain[] = "registry.gi";
constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";

// Caps that keep an error's trailers, base64 and all, well below gRPC's 8 KB.
constexpr size_t kMaxValueBytes = 400;
constexpr size_t kMaxBadRequestBytes = 3072;
// Keeps a request made of nothing but faults from filling the memory.
constexpr size_t kMaxCollected = 1000;

constexpr bool InOrder(const CatalogueRow& a, const CatalogueRow& b) { return a.reason < b.reason; }
static_assert(std::is_sorted(std::begin(kCatalogue), std::end(kCatalogue), InOrder));

const CatalogueRow& RowOf(ErrorReason reason) {
  const CatalogueRow wanted{reason, {}, nullptr, nullptr};
  const CatalogueRow* row = std::lower_bound(std::begin(kCatalogue), std::end(kCatalogue), wanted, InOrder);
  return row != std::end(kCatalogue) && row->reason == reason ? *row : kCatalogue[0];
}

const std::string* Find(const ErrorMetadata& metadata, absl::string_view key) {
  for (const auto& [name, value] : metadata) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string ValueText(const ErrorMetadata& metadata, absl::string_view key, Language language) {
  const bool chinese = language == Language::kChinese;
  const std::string* value = chinese ? Find(metadata, absl::StrCat(key, "_zh")) : nullptr;
  if (value == nullptr) value = Find(metadata, key);
  if (value == nullptr) return "?";
  if (value->empty()) return chinese ? "（无）" : "(none)";
  return *value;
}

// Appends the text with its values. Whether it has all of them.
bool Filled(absl::string_view rest, const ErrorMetadata& metadata, Language language, std::string& text) {
  bool has_all = true;
  for (size_t open = rest.find('{'); open != rest.npos; open = rest.find('{')) {
    const size_t close = rest.find('}', open);
    const absl::string_view key = rest.substr(open + 1, close - open - 1);
    const std::string* const value = Find(metadata, key);
    has_all = has_all && value != nullptr && !value->empty();
    absl::StrAppend(&text, rest.substr(0, open), ValueText(metadata, key, language));
    rest.remove_prefix(close + 1);
  }
  absl::StrAppend(&text, rest);
  return has_all;
}

ErrorMetadata Bounded(ErrorMetadata metadata) {
  for (auto& [key, value] : metadata) value = Excerpt(value, kMaxValueBytes);
  return metadata;
}

// Maps have no order of their own, and equal errors should compare equal.
std::string Serialize(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&out);
  }
  return bytes;
}

std::optional<rpc::v1::ErrorInfo> OwnErrorInfo(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  const absl::optional<absl::Cord> payload = status.GetPayload(kErrorInfoUrl);
  rpc::v1::ErrorInfo info;
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload)) || info.domain() != kDomain)
    return std::nullopt;
  return info;
}

ErrorReason ReasonNamed(const std::string& name) {
  ErrorReason reason = registry::v1::ERROR_REASON_UNSPECIFIED;
  return registry::v1::ErrorReason_Parse(name, &reason) ? reason : registry::v1::ERROR_REASON_UNSPECIFIED;
}

std::vector<Violation> ReadViolations(const absl::Status& status) {
  std::vector<Violation> violations;
  const absl::optional<absl::Cord> payload = status.GetPayload(kBadRequestUrl);
  rpc::v1::BadRequest bad_request;
  if (!payload.has_value() || !bad_request.ParseFromString(std::string(*payload))) return violations;
  for (rpc::v1::BadRequest::FieldViolation& from : *bad_request.mutable_field_violations()) {
    Violation& to = violations.emplace_back();
    to.set_field(std::move(*from.mutable_field()));
    to.set_reason(std::move(*from.mutable_reason()));
    to.set_message_en(std::move(*from.mutable_description()));
    to.set_message_zh(std::move(*from.mutable_localized_message()->mutable_message()));
  }
  return violations;
}

void Append(const Violation& from, rpc::v1::BadRequest& bad_request) {
  rpc::v1::BadRequest::FieldViolation& to = *bad_request.add_field_violations();
  to.set_field(from.field());
  to.set_reason(from.reason());
  to.set_description(from.message_en());
  to.mutable_localized_message()->set_locale("zh-CN");
  to.mutable_localized_message()->set_message(from.message_zh());
}

// The next character of the text, or U+FFFD for a byte that is not UTF-8.
UChar32 NextChar(absl::string_view text, size_t& position) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  UChar32 c;
  U8_NEXT_OR_FFFD(bytes, position, text.size(), c);
  return c;
}

bool BreaksLines(UChar32 c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029; }

}  // namespace

absl::Status MakeError(ErrorReason reason, ErrorMetadata metadata) {
  const ErrorMetadata bounded = Bounded(std::move(metadata));
  rpc::v1::ErrorInfo info;
  info.set_reason(registry::v1::ErrorReason_Name(RowOf(reason).reason));
  info.set_domain(kDomain);
  for (const auto& [key, value] : bounded) (*info.mutable_metadata())[key] = value;
  absl::Status status(RowOf(reason).code, ErrorText(reason, bounded, Language::kEnglish));
  status.SetPayload(kErrorInfoUrl, absl::Cord(Serialize(info)));
  return status;
}

std::optional<ErrorDetail> GetErrorDetail(const absl::Status& status) {
  const std::optional<rpc::v1::ErrorInfo> info = OwnErrorInfo(status);
  if (!info.has_value()) return std::nullopt;
  ErrorDetail detail{ReasonNamed(info->reason()), {}, ReadViolations(status)};
  detail.metadata.assign(info->metadata().begin(), info->metadata().end());
  std::sort(detail.metadata.begin(), detail.metadata.end());
  return detail;
}

ErrorReason GetErrorReason(const absl::Status& status) {
  const std::optional<rpc::v1::ErrorInfo> info = OwnErrorInfo(status);
  return info.has_value() ? ReasonNamed(info->reason()) : registry::v1::ERROR_REASON_UNSPECIFIED;
}

std::string ErrorText(ErrorReason reason, const ErrorMetadata& metadata, Language language) {
  absl::string_view rest = language == Language::kChinese ? RowOf(reason).chinese : RowOf(reason).english;
  std::string text;
  for (size_t open = rest.find('['); open != rest.npos; open = rest.find('[')) {
    const size_t close = rest.find(']', open);
    Filled(rest.substr(0, open), metadata, language, text);
    std::string optional;
    if (Filled(rest.substr(open + 1, close - open - 1), metadata, language, optional)) text += optional;
    rest.remove_prefix(close + 1);
  }
  Filled(rest, metadata, language, text);
  return text;
}

absl::StatusCode ErrorCode(ErrorReason reason) { return RowOf(reason).code; }

void FieldViolations::Add(absl::string_view field, ErrorReason reason, ErrorMetadata metadata) {
  if (all_.size() == kMaxCollected) {
    dropped_ = true;
    return;
  }
  if (Find(metadata, "field") == nullptr) metadata.emplace_back("field", field);
  const ErrorMetadata bounded = Bounded(std::move(metadata));
  Violation& violation = all_.emplace_back();
  violation.set_field(Excerpt(field, kMaxValueBytes));
  violation.set_reason(registry::v1::ErrorReason_Name(RowOf(reason).reason));
  violation.set_message_en(ErrorText(reason, bounded, Language::kEnglish));
  violation.set_message_zh(ErrorText(reason, bounded, Language::kChinese));
  const bool is_reference = reason == registry::v1::ERROR_REASON_REFERENCE_NOT_FOUND;
  if (const std::string* value = Find(bounded, is_reference ? "name" : "value")) violation.set_value(*value);
  if (const std::string* proposal = Find(bounded, "proposal")) violation.set_suggestion(*proposal);
}

void FieldViolations::Add(const Violation& violation) {
  if (all_.size() == kMaxCollected) {
    dropped_ = true;
  } else {
    all_.push_back(violation);
  }
}

void FieldViolations::Merge(const FieldViolations& other) {
  const size_t mine = all_.size();
  for (const Violation& violation : other.all_) {
    const bool known = std::any_of(all_.begin(), all_.begin() + static_cast<ptrdiff_t>(mine),
                                   [&](const Violation& own) { return own.field() == violation.field(); });
    if (!known) Add(violation);
  }
}

void FieldViolations::NameThem(ErrorReason reason, ErrorMetadata metadata) {
  reason_ = reason;
  metadata_ = std::move(metadata);
}

absl::Status FieldViolations::ToStatus() const {
  if (all_.empty()) return absl::OkStatus();
  const Violation& first = all_.front();
  // "1000+": there were more.
  ErrorMetadata metadata = {{"count", absl::StrCat(all_.size(), dropped_ ? "+" : "")},
                            {"field", first.field()},
                            {"detail", first.message_en()},
                            {"detail_zh", first.message_zh()}};
  metadata.insert(metadata.end(), metadata_.begin(), metadata_.end());
  absl::Status status = MakeError(reason_, std::move(metadata));
  rpc::v1::BadRequest bad_request;
  for (size_t i = 0; i < std::min(all_.size(), kMaxViolations); ++i) {
    Append(all_[i], bad_request);
    if (i > 0 && bad_request.ByteSizeLong() > kMaxBadRequestBytes) {
      bad_request.mutable_field_violations()->RemoveLast();
      break;
    }
  }
  status.SetPayload(kBadRequestUrl, absl::Cord(Serialize(bad_request)));
  return status;
}

std::string Mask(absl::string_view value) {
  constexpr size_t kShown = 2;
  constexpr size_t kShortest = 8;
  std::vector<absl::string_view> chars;
  for (size_t position = 0; position < value.size();) {
    const size_t begin = position;
    NextChar(value, position);
    chars.push_back(value.substr(begin, position - begin));
  }
  std::string masked;
  for (size_t i = 0; i < chars.size(); ++i) {
    const bool shown = chars.size() >= kShortest && (i < kShown || i + kShown >= chars.size());
    absl::StrAppend(&masked, shown ? chars[i] : absl::string_view("*"));
  }
  return masked;
}

std::string Excerpt(absl::string_view value, size_t max_bytes) {
  std::string excerpt;
  for (size_t position = 0; position < value.size();) {
    const size_t begin = position;
    const UChar32 c = NextChar(value, position);
    const absl::string_view bytes = value.substr(begin, position - begin);
    const absl::string_view shown = BreaksLines(c) ? " " : c == 0xfffd ? "?" : bytes;
    if (excerpt.size() + shown.size() > max_bytes) return excerpt + "…";
    absl::StrAppend(&excerpt, shown);
  }
  return excerpt;
}

}  // namespace gi
