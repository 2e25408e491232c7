#include "server/rpc/identity.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/domain/personal_data.h"
#include "server/rpc/address.h"
#include "server/rpc/files.h"
#include "storage/base/error.h"
#include "storage/base/status_macros.h"

namespace gi::rpc {
namespace {

constexpr size_t kMaxIdBytes = 64;

struct Right {
  absl::string_view word;
  bool may_write;
  domain::SurveyRoles roles;
};
constexpr Right kRights[] = {
    {"read", false, 0},
    {"write", true, domain::kAnySurveyRole},
    {"write:township", true, domain::kTownship},
    {"write:district", true, domain::kDistrict},
};

bool IsCallerId(absl::string_view text) {
  constexpr absl::string_view kMarks = "._:@/-";
  return !text.empty() && text.size() <= kMaxIdBytes && std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || kMarks.find(c) != absl::string_view::npos;
  });
}

// A code of an entity that could also be a person's is refused as well: no header needs one.
bool IsPersonal(absl::string_view text) {
  return domain::FindPersonalShape(text, [](absl::string_view) { return false; }).has_value();
}

absl::Status ReadHeader(absl::string_view header, const std::vector<absl::string_view>& values, std::string& into) {
  if (values.empty()) return absl::OkStatus();
  const absl::string_view value = values.front();
  if (values.size() == 1 && IsCallerId(value) && !IsPersonal(value)) {
    into = std::string(value);
    return absl::OkStatus();
  }
  return MakeError(registry::v1::ERROR_REASON_CALLER_METADATA_INVALID,
                   {{"header", std::string(header)}, {"value", Mask(Excerpt(value, kMaxIdBytes))}});
}

const AllowList::Entry* FindEntry(const AllowList& list, const Peer& peer) {
  for (const std::string& name : peer.certificate_names) {
    if (const AllowList::Entry* entry = list.Find(name); entry != nullptr) return entry;
  }
  return nullptr;
}

void ApplyTransport(const IdentityPolicy& policy, const Peer& peer, Caller& caller) {
  if (peer.tls && policy.client_certificates) {
    const AllowList::Entry* entry = FindEntry(policy.allow_list, peer);
    if (entry == nullptr) return;
    caller.agency = entry->agency;
    caller.may_write = entry->may_write;
    caller.survey_roles = entry->roles;
  } else if (IsLocalPeer(peer.address)) {
    caller.agency = kLoopbackAgency;
    caller.may_write = true;
    caller.survey_roles = domain::kAnySurveyRole;
  }
}

absl::Status LineError(absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, ", expected: agency-id  CN-or-SAN  read|write|write:township|write:district"));
}

}  // namespace

absl::StatusOr<AllowList> AllowList::Parse(absl::string_view text) {
  AllowList list;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const absl::Status added = list.AddLine(line.substr(0, line.find('#')));
    if (!added.ok()) return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", added.message()));
  }
  return list;
}

absl::StatusOr<AllowList> AllowList::Load(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(path));
  absl::StatusOr<AllowList> list = Parse(text);
  if (list.ok()) return list;
  return absl::InvalidArgumentError(absl::StrCat("allow-list ", path, ", ", list.status().message()));
}

absl::Status AllowList::AddLine(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (words.empty()) return absl::OkStatus();
  if (words.size() < 3) return LineError("too few words");
  const std::string& agency = words.front();
  const std::string& right = words.back();
  if (!IsCallerId(agency) || agency == kLoopbackAgency)
    return LineError(absl::StrCat("bad agency id \"", agency, "\""));
  const Right* const known = std::find_if(std::begin(kRights), std::end(kRights),
                                          [&](const Right& candidate) { return candidate.word == right; });
  if (known == std::end(kRights)) return LineError(absl::StrCat("unknown right \"", right, "\""));
  const std::string name = absl::StrJoin(words.begin() + 1, words.end() - 1, " ");
  if (!entries_.emplace(name, Entry{agency, known->may_write, known->roles}).second) {
    return absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is listed twice"));
  }
  return absl::OkStatus();
}

const AllowList::Entry* AllowList::Find(absl::string_view certificate_name) const {
  const auto found = entries_.find(certificate_name);
  return found == entries_.end() ? nullptr : &found->second;
}

absl::StatusOr<Caller> IdentifyCaller(const IdentityPolicy& policy, const Peer& peer, const CallerHeaders& headers) {
  Caller caller;
  RETURN_IF_ERROR(ReadHeader("x-user", headers.user, caller.user));
  RETURN_IF_ERROR(ReadHeader("x-on-behalf-of", headers.on_behalf_of, caller.on_behalf_of));
  RETURN_IF_ERROR(ReadHeader("x-case-id", headers.case_id, caller.case_id));
  ApplyTransport(policy, peer, caller);
  if (!headers.role.empty()) {
    std::string role;
    RETURN_IF_ERROR(ReadHeader("x-role", headers.role, role));
    if (role != "township" && role != "district") {
      return MakeError(registry::v1::ERROR_REASON_CALLER_METADATA_INVALID,
                       {{"header", "x-role"}, {"value", Mask(Excerpt(role, kMaxIdBytes))}});
    }
    caller.survey_roles &= role == "township" ? domain::kTownship : domain::kDistrict;
  }
  return caller;
}

absl::Status CheckMayWrite(const Caller& caller, const Peer& peer) {
  if (caller.may_write) return absl::OkStatus();
  if (!caller.agency.empty())
    return MakeError(registry::v1::ERROR_REASON_CALLER_NOT_ALLOWED, {{"caller", caller.agency}});
  if (peer.certificate_names.empty()) return MakeError(registry::v1::ERROR_REASON_CALLER_UNKNOWN);
  return MakeError(registry::v1::ERROR_REASON_CALLER_NOT_ALLOWED, {{"caller", peer.certificate_names.front()}});
}

}  // namespace gi::rpc
