#include "server/rpc/identity.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/error.h"

namespace gi::rpc {
namespace {

using ::testing::HasSubstr;

constexpr char kList[] =
    "# agency  certificate  right\n"
    "\n"
    "agri-bureau  client.agri.example  write\n"
    "agri-bureau\tSpare Certificate 2 write   # second of the same agency\r\n"
    "market-office  市监局 client  read\n";

AllowList List() {
  absl::StatusOr<AllowList> list = AllowList::Parse(kList);
  EXPECT_TRUE(list.ok()) << list.status();
  return *list;
}

TEST(AllowList, FindsEntriesByExactName) {
  const AllowList list = List();
  EXPECT_EQ(list.size(), 3u);
  ASSERT_NE(list.Find("client.agri.example"), nullptr);
  EXPECT_EQ(list.Find("client.agri.example")->agency, "agri-bureau");
  EXPECT_TRUE(list.Find("client.agri.example")->may_write);
  ASSERT_NE(list.Find("Spare Certificate 2"), nullptr);
  ASSERT_NE(list.Find("市监局 client"), nullptr);
  EXPECT_FALSE(list.Find("市监局 client")->may_write);
  for (const char* name :
       {"", "CLIENT.agri.example", "client.agri.example ", "agri-bureau", "Spare Certificate", "write"}) {
    EXPECT_EQ(list.Find(name), nullptr) << name;
  }
}

TEST(AllowList, SaysWhichLineIsWrong) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"\n# x\na b\n", "line 3: too few words"},
      {"a b c", "line 1: unknown right \"c\""},
      {"a b WRITE", "unknown right"},
      {"agentur\xc3\xa4 b read", "bad agency id"},
      {"loopback b write", "bad agency id \"loopback\""},
      {"a b read\nc b write", "line 2: \"b\" is listed twice"},
  };
  for (const auto& [text, message] : cases) {
    const absl::StatusOr<AllowList> list = AllowList::Parse(text);
    EXPECT_EQ(list.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(list.status().message()), HasSubstr(message));
  }
  EXPECT_TRUE(AllowList::Parse("").ok());
}

TEST(AllowList, SaysThatTheFileCannotBeRead) {
  const absl::StatusOr<AllowList> list = AllowList::Load("/nonexistent/list");
  EXPECT_THAT(std::string(list.status().message()), HasSubstr("/nonexistent/list: No such file"));
  EXPECT_FALSE(AllowList::Load("/").ok());
}

// What a caller gets: its agency, and what a write of its would be answered with.
struct Outcome {
  std::string agency;
  ErrorReason write;
  bool operator==(const Outcome&) const = default;
};

Outcome OutcomeOf(const IdentityPolicy& policy, const Peer& peer) {
  const absl::StatusOr<Caller> caller = IdentifyCaller(policy, peer, {});
  EXPECT_TRUE(caller.ok()) << caller.status();
  const absl::Status may_write = CheckMayWrite(*caller, peer);
  EXPECT_EQ(may_write.ok(), caller->may_write);
  return {caller->agency, GetErrorReason(may_write)};
}

constexpr ErrorReason kAllowed = registry::v1::ERROR_REASON_UNSPECIFIED;
constexpr ErrorReason kNotAllowed = registry::v1::ERROR_REASON_CALLER_NOT_ALLOWED;
constexpr ErrorReason kUnknown = registry::v1::ERROR_REASON_CALLER_UNKNOWN;
constexpr char kHere[] = "ipv4:127.0.0.1:4711";
constexpr char kElsewhere[] = "ipv4:192.0.2.7:4711";

TEST(IdentifyCaller, WithoutCertificatesThisMachineMayWrite) {
  const IdentityPolicy policy;
  for (const bool tls : {false, true}) {
    EXPECT_EQ(OutcomeOf(policy, {kHere, tls, {}}), (Outcome{"loopback", kAllowed}));
    EXPECT_EQ(OutcomeOf(policy, {"ipv6:%5B::1%5D:1", tls, {}}), (Outcome{"loopback", kAllowed}));
    EXPECT_EQ(OutcomeOf(policy, {"unix:", tls, {}}), (Outcome{"loopback", kAllowed}));
    EXPECT_EQ(OutcomeOf(policy, {kElsewhere, tls, {}}), (Outcome{"", kUnknown}));
  }
}

TEST(IdentifyCaller, WithCertificatesOnlyTheListDecides) {
  const IdentityPolicy policy{true, List()};
  for (const char* address : {kHere, kElsewhere}) {
    EXPECT_EQ(OutcomeOf(policy, {address, true, {}}), (Outcome{"", kUnknown}));
    EXPECT_EQ(OutcomeOf(policy, {address, true, {"stranger"}}), (Outcome{"", kNotAllowed}));
    EXPECT_EQ(OutcomeOf(policy, {address, true, {"client.agri.example"}}), (Outcome{"agri-bureau", kAllowed}));
    EXPECT_EQ(OutcomeOf(policy, {address, true, {"other", "client.agri.example"}}), (Outcome{"agri-bureau", kAllowed}));
    EXPECT_EQ(OutcomeOf(policy, {address, true, {"市监局 client"}}), (Outcome{"market-office", kNotAllowed}));
  }
  // A unix socket beside TLS.
  EXPECT_EQ(OutcomeOf(policy, {"unix:", false, {}}), (Outcome{"loopback", kAllowed}));
}

TEST(IdentifyCaller, TakesOverProperHeaders) {
  const std::string longest(64, 'a');
  const absl::StatusOr<Caller> caller =
      IdentifyCaller({}, {kHere, false, {}}, {{"A-z0.9_:@/"}, {longest}, {"case/2024-0001"}});
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->user, "A-z0.9_:@/");
  EXPECT_EQ(caller->on_behalf_of, longest);
  EXPECT_EQ(caller->case_id, "case/2024-0001");
}

TEST(IdentifyCaller, RolesAreThoseOfTheListNarrowedByTheHeader) {
  const absl::StatusOr<AllowList> list =
      AllowList::Parse("a both write\nb town write:township\nc district write:district\nd r read");
  ASSERT_TRUE(list.ok()) << list.status();
  const IdentityPolicy policy{true, *list};
  const auto roles = [&](const char* certificate, std::vector<absl::string_view> header) {
    const auto caller = IdentifyCaller(policy, {kElsewhere, true, {certificate}}, {{}, {}, {}, std::move(header)});
    EXPECT_TRUE(caller.ok()) << caller.status();
    return caller->survey_roles;
  };
  EXPECT_EQ(roles("both", {}), domain::kAnySurveyRole);
  EXPECT_EQ(roles("both", {"township"}), domain::kTownship);
  EXPECT_EQ(roles("both", {"district"}), domain::kDistrict);
  EXPECT_EQ(roles("town", {}), domain::kTownship);
  EXPECT_EQ(roles("town", {"district"}), 0u) << "the header gives nothing that the list does not";
  EXPECT_EQ(roles("district", {"district"}), domain::kDistrict);
  EXPECT_EQ(roles("r", {}), 0u);
  EXPECT_EQ(roles("unknown", {"district"}), 0u);
  EXPECT_EQ(IdentifyCaller({}, {kHere, false, {}}, {})->survey_roles, domain::kAnySurveyRole);
  for (const std::vector<absl::string_view>& header :
       {std::vector<absl::string_view>{"king"}, {""}, {"Township"}, {"township", "district"}}) {
    const auto refused = IdentifyCaller({}, {kHere, false, {}}, {{}, {}, {}, header});
    EXPECT_EQ(GetErrorReason(refused.status()), registry::v1::ERROR_REASON_CALLER_METADATA_INVALID);
  }
}

TEST(IdentifyCaller, RefusesOtherHeadersMasked) {
  const std::string too_long(65, 'a');
  // The last three: the example of a resident ID in GB 11643-1999, and a number nobody has, plain and grouped.
  for (const char* value :
       {"", "a b", "a,b", "梁平", "a%41", too_long.c_str(), "11010519491231002X", "13800138000", "138-0013-8000"}) {
    for (int header = 0; header < 3; ++header) {
      CallerHeaders headers;
      std::vector<absl::string_view>* all[] = {&headers.user, &headers.on_behalf_of, &headers.case_id};
      *all[header] = {value};
      const absl::Status status = IdentifyCaller({}, {kHere, false, {}}, headers).status();
      ASSERT_EQ(GetErrorReason(status), registry::v1::ERROR_REASON_CALLER_METADATA_INVALID) << value;
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      const char* names[] = {"x-user", "x-on-behalf-of", "x-case-id"};
      EXPECT_EQ(GetErrorDetail(status)->metadata[0].second, names[header]);
      const bool personal = std::string(value).find_first_of("13") == 0;
      EXPECT_THAT(status.ToString(), HasSubstr(personal ? "**" : names[header]));
      EXPECT_TRUE(!personal || !absl::StrContains(status.ToString(), value));
    }
  }
}

TEST(IdentifyCaller, RefusesAHeaderGivenTwice) {
  CallerHeaders headers;
  headers.user = {"u-1", "u-2"};
  EXPECT_EQ(GetErrorReason(IdentifyCaller({}, {kHere, false, {}}, headers).status()),
            registry::v1::ERROR_REASON_CALLER_METADATA_INVALID);
}

}  // namespace
}  // namespace gi::rpc
