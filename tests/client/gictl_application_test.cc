// Commands of applications, and what gictl knows about the kinds of rows that came with them.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "client/gictl/labels.h"
#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/clock.pb.h"
#include "gi/registry/v1/indicator.pb.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "gi/registry/v1/procedure.pb.h"
#include "tests/client/gictl_fixture.h"

namespace gi::client::gictl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kName[] = "applications/a";

class GictlApplicationTest : public GictlAnyMethodTest {
 protected:
  void SetUp() override {
    GictlAnyMethodTest::SetUp();
    answers_["GetApplication"] = R"(
        application {
          name: 'applications/a' etag: 'e-1'
          materials { kind: MATERIAL_KIND_APPLICATION_FORM present: true }
          materials { kind: MATERIAL_KIND_LEGAL_STANDING title: '旧' }
          materials { kind: MATERIAL_KIND_OTHER }
          materials { kind: MATERIAL_KIND_OTHER }
        })";
  }
};

TEST_F(GictlApplicationTest, EveryCommandAsksForWhatItSays) {
  ExpectCalls({
      {{"application", "record", kName, "opposed", "--date", "2026-02-03", "--items", "g1,g2", "--number", "异1",
        "--service", "electronic", "--dispatched", "2026-02-04", "--evidence-declared", "--note", "补充", "--doc-kind",
        "decision"},
       "RecordApplicationEvent",
       {"name: \"applications/a\"",
        "event { kind: APPLICATION_EVENT_KIND_OPPOSED date { year: 2026 month: 2 day: 3 } items: \"g1\" items: \"g2\" "
        "service { mode: SERVICE_MODE_ELECTRONIC dispatched_on { year: 2026 month: 2 day: 4 } } number: \"异1\" "
        "evidence_declared: true note: \"补充\" basis { kind: DOCUMENT_KIND_DECISION } }",
        "etag: \"e-1\"", "reason: \"test\""}},
      {{"application", "record", kName, "registered", "--registration-number", "123", "--effective", "2026-01-14",
        "--indication-id", "i1"},
       "RecordApplicationEvent",
       {"APPLICATION_EVENT_KIND_REGISTERED", "registration_number: \"123\"",
        "effective_from { year: 2026 month: 1 day: 14 }", "indication_id: \"i1\""}},
      {{"application", "record", kName, "law-chosen", "--law", "trademark-2026"},
       "RecordApplicationEvent",
       {"event { kind: APPLICATION_EVENT_KIND_LAW_CHOSEN law: \"trademark-2026\" }"}},
      {{"application", "record", kName, "accepted", "--service", "received", "--received", "2026-01-05"},
       "RecordApplicationEvent",
       {"service { mode: SERVICE_MODE_RECEIVED received_on { year: 2026 month: 1 day: 5 } }"}},
      {{"application", "record", kName, "refused", "--service", "publication", "--published", "2026-01-06"},
       "RecordApplicationEvent",
       {"service { mode: SERVICE_MODE_PUBLICATION published_on { year: 2026 month: 1 day: 6 } }"}},
      {{"application", "annul", kName, "e2"},
       "RecordApplicationEvent",
       {"event { kind: APPLICATION_EVENT_KIND_ANNULMENT annuls: \"e2\" }"}},
      {{"application", "divide", kName, "--items", "g2,g3", "--date", "2026-03-01", "--id", "b"},
       "DivideApplication",
       {"items: \"g2\" items: \"g3\" date { year: 2026 month: 3 day: 1 } application_id: \"b\"", "etag: \"e-1\""}},
      {{"application", "show", kName, "--date", "2026-05-01", "--at-revision", "7"},
       "GetApplication",
       {"date { year: 2026 month: 5 day: 1 }", "read_at { exact_revision: 7 }"}},
      {{"application", "list", "--state", "filed,opposed", "--kind", "gi_product", "--applicant", "entities/e",
        "--product", "products/p", "--office", "示例办", "--date", "2026-05-01"},
       "ListApplications",
       {"states: APPLICATION_STATE_FILED states: APPLICATION_STATE_OPPOSED", "kind: APPLICATION_KIND_GI_PRODUCT",
        "applicant: \"entities/e\"", "product: \"products/p\"", "office: \"示例办\"",
        "date { year: 2026 month: 5 day: 1 }"}},
      {{"list", "applications", "--state", "draft", "--page-size", "5"},
       "ListApplications",
       {"states: APPLICATION_STATE_DRAFT", "page_size: 5"}},
      {{"list", "lawbooks"}, "ListLawBooks", {}},
      {{"list", "targets"}, "ListIndicatorTargets", {}},
      {{"get", "lawbooks/l"}, "GetLawBook", {"name: \"lawbooks/l\""}},
      {{"get", "targets/t"}, "GetIndicatorTarget", {"name: \"targets/t\""}},
      {{"get", kName}, "GetApplication", {"name: \"applications/a\""}},
      {{"record", "indications/i", "--kind", "name_changed", "--new-name", "新名"},
       "RecordIndicationEvent",
       {"TITLE_EVENT_KIND_NAME_CHANGED", "new_name: \"新名\""}},
  });
}

TEST_F(GictlApplicationTest, FlagsGoOverTheFileOfAnEvent) {
  EXPECT_EQ(Run({"application", "record", kName, "filed", "--file=-", "--items=g2", "--date=2026-01-02"},
                R"({"date": {"year": 2025}, "items": ["g1"], "note": "原件"})"),
            kSuccess)
      << err_;
  EXPECT_THAT(requests_["RecordApplicationEvent"],
              HasSubstr("event { kind: APPLICATION_EVENT_KIND_FILED date { year: 2026 month: 1 day: 2 } items: \"g2\" "
                        "note: \"原件\" }"));
}

TEST_F(GictlApplicationTest, ALateEventTellsWhatItChanged) {
  answers_["RecordApplicationEvent"] = R"(
      application {
        name: 'applications/a' state: APPLICATION_STATE_REGISTERED
        events { id: 'e1' }
        events {
          id: 'e2' made: 'indications/i'
          changes { kind: CHANGE_KIND_STATE subject: 'g1' after: '2026-03-01 REGISTERED' }
          changes {
            kind: CHANGE_KIND_DEADLINE subject: 'e1.TM-OPP' before: 'due 2026-03-16' after: 'due 2026-03-17'
          }
          more_changes: true
        }
      }
      read_point { revision: 9 })";
  EXPECT_EQ(Run({"application", "record", kName, "registered"}), kSuccess) << err_;
  EXPECT_EQ(out_,
            "recorded applications/a  state: registered  revision 9\n"
            "  e2 → indications/i\n"
            "    state     g1         nothing         →  2026-03-01 REGISTERED\n"
            "    deadline  e1.TM-OPP  due 2026-03-16  →  due 2026-03-17\n"
            "    …\n");
  EXPECT_EQ(Run({"--output=json", "application", "record", kName, "registered"}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("\"moreChanges\": true"));
  EXPECT_THAT(out_, Not(HasSubstr("→")));
  EXPECT_EQ(Run({"--dry-run", "application", "annul", kName, "e1"}), kSuccess);
  EXPECT_THAT(out_, Not(HasSubstr("→")));
}

TEST_F(GictlApplicationTest, AMaterialTakesThePlaceOfTheOneOfItsKind) {
  EXPECT_EQ(Run({"application", "material", kName, "legal_standing", "--present", "--date=2026-01-02",
                 "--issuer=示例局", "--title=登记证书", "--sha256=00ff"}),
            kSuccess)
      << err_;
  EXPECT_THAT(methods_, ElementsAre("GetApplication", "CorrectApplication"));
  const std::string& replaced = requests_["CorrectApplication"];
  EXPECT_THAT(replaced, HasSubstr("application { name: \"applications/a\" materials { kind: "
                                  "MATERIAL_KIND_APPLICATION_FORM present: true } materials { kind: "
                                  "MATERIAL_KIND_LEGAL_STANDING present: true date { year: 2026 month: 1 day: 2 } "
                                  "issuer: \"示例局\" title: \"登记证书\" sha256: \"00ff\" }"));
  EXPECT_THAT(replaced, HasSubstr("update_mask { paths: \"materials\" } etag: \"e-1\""));
  EXPECT_EQ(Run({"application", "material", kName, "area-proof", "--waive=随后补交"}), kSuccess) << err_;
  const std::string& added = requests_["CorrectApplication"];
  EXPECT_THAT(added, HasSubstr("title: \"旧\""));
  EXPECT_THAT(added, HasSubstr("materials { kind: MATERIAL_KIND_AREA_PROOF waiver_reason: \"随后补交\" } }"));
  EXPECT_EQ(Run({"application", "material", kName, "other", "--present"}), kUsageError);
  EXPECT_THAT(err_, HasSubstr("several"));
}

TEST_F(GictlApplicationTest, ShowIsASummary) {
  answers_["GetApplication"] = R"(
      application {
        name: 'applications/a' kind: APPLICATION_KIND_CERTIFICATION_MARK display_name: '示例柚'
        applicant: 'entities/e' office: '示例办' effective_law: 'trademark-2019'
        goods { id: 'g1' text: '柚子' }
        goods { id: 'g2' text: '柚皮' }
        state: APPLICATION_STATE_PARTIALLY_REFUSED state_since { year: 2026 month: 2 day: 1 }
        filing_date { year: 2025 month: 6 day: 1 }
        item_states { item: 'g2' state: APPLICATION_STATE_REFUSED since { year: 2026 month: 2 day: 2 } }
        events { id: 'e1' kind: APPLICATION_EVENT_KIND_FILED date { year: 2025 month: 6 day: 1 } }
        events { id: 'e2' kind: APPLICATION_EVENT_KIND_OPPOSED number: '异1' items: 'g1' }
        events { id: 'e3' kind: APPLICATION_EVENT_KIND_ANNULMENT annuls: 'e2' }
        material_gaps { kind: MATERIAL_KIND_AREA_PROOF source { title: '清单' } }
        material_gaps { kind: MATERIAL_KIND_OTHER advisory: true }
        material_gaps { kind: MATERIAL_KIND_RULES_OF_USE waiver_reason: '随后补交' }
        open_deadlines {
          rule_id: 'TM-REVIEW' step_en: 'ask for review' step_zh: '申请复审'
          due_date { year: 2026 month: 2 day: 16 } provisional: true state: DEADLINE_STATE_OPEN days_left: 14
        }
      }
      read_point { revision: 9 })";
  EXPECT_EQ(Run({"--lang=en", "application", "show", kName}), kSuccess) << err_;
  EXPECT_EQ(out_,
            "applications/a  示例柚\n"
            "  kind           certification mark\n"
            "  applicant      entities/e\n"
            "  office         示例办\n"
            "  state          partially refused\n"
            "  state since    2026-02-01\n"
            "  effective law  trademark-2019\n"
            "  filing date    2025-06-01\n"
            "goods:\n"
            "  g1  柚子  partially refused  2026-02-01\n"
            "  g2  柚皮  refused            2026-02-02\n"
            "events:\n"
            "  e1  2025-06-01  filed\n"
            "  e2              opposed    异1  annulled; items g1\n"
            "  e3              annulment       annuls e2\n"
            "missing materials:\n"
            "  area proof    required          清单\n"
            "  other         advice only\n"
            "  rules of use  waived: 随后补交\n"
            "open deadlines:\n"
            "  due                       state  days left  rule       step\n"
            "  2026-02-16 (provisional)  open   14         TM-REVIEW  ask for review\n"
            "revision 9\n");
  EXPECT_EQ(Run({"--lang=zh", "application", "show", kName}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("部分驳回"));
  EXPECT_THAT(out_, HasSubstr("容缺：随后补交"));
  EXPECT_THAT(out_, HasSubstr("2026-02-16（暂定）"));
  EXPECT_EQ(Run({"--output=json", "application", "show", kName}), kSuccess);
  EXPECT_THAT(out_, HasSubstr("\"state\": \"APPLICATION_STATE_PARTIALLY_REFUSED\""));
}

TEST_F(GictlApplicationTest, ListsShowWhatIsDue) {
  answers_["ListApplications"] = R"(
      applications {
        name: 'applications/a' kind: APPLICATION_KIND_GI_PRODUCT display_name: '示例柚' applicant: 'entities/e'
        state: APPLICATION_STATE_FILED
        open_deadlines {
          subject: 'applications/a' rule_id: 'TM-OPP' due_date { year: 2026 month: 2 day: 28 }
        }
        open_deadlines { rule_id: 'X' due_date { year: 2026 month: 3 day: 1 } }
      }
      next_page_token: 'more' read_point { revision: 9 })";
  EXPECT_EQ(Run({"--lang=en", "application", "list"}), kSuccess) << err_;
  EXPECT_EQ(out_,
            "name            kind        display name  applicant   state  open deadlines\n"
            "applications/a  gi product  示例柚        entities/e  filed  TM-OPP 2026-02-28, X 2026-03-01\n"
            "1 rows; revision 9\n"
            "more: --page-token=more\n");
}

TEST_F(GictlApplicationTest, MistakesAtTheKeyboard) {
  EXPECT_CALL(mock_, Call).Times(0);
  const std::vector<std::vector<std::string>> mistakes = {
      {"application"},
      {"application", "fly"},
      {"application", "record", kName},
      {"application", "record", kName, "celebrated"},
      {"application", "record", kName, "filed", "--date=soon"},
      {"application", "record", kName, "filed", "--service=pigeon"},
      {"application", "record", kName, "filed", "--file=/nowhere"},
      {"application", "annul", kName},
      {"application", "divide", kName, "--date=2026-01-01"},
      {"application", "divide", kName, "--items=g1"},
      {"application", "material", kName, "poem"},
      {"application", "show"},
      {"application", "list", "--state=happy"},
      {"list", "authorizations", "--state=granted,pending"},
      {"list", "targets", "--state=filed"},
      {"record", kName, "--kind=filed"},
      {"annul", kName, "e1"},
      {"create", "application"},
  };
  for (const std::vector<std::string>& args : mistakes) {
    EXPECT_EQ(Run(args), kUsageError) << testing::PrintToString(args);
    EXPECT_FALSE(err_.empty()) << testing::PrintToString(args);
  }
}

TEST_F(GictlApplicationTest, HelpNamesTheKinds) {
  for (const char* command : {"list", "create"}) {
    EXPECT_EQ(Run({command, "--help"}), kSuccess);
    for (const char* kind : {"lawbook", "application", "target"}) EXPECT_THAT(out_, HasSubstr(kind)) << command;
  }
  EXPECT_EQ(Run({"list", "things"}), kUsageError);
  EXPECT_THAT(err_, HasSubstr("lawbook, application, target"));
}

TEST_F(GictlApplicationTest, RowsAreLoadedInTheOrderOfTheirReferences) {
  const std::filesystem::path directory = std::filesystem::path(testing::TempDir()) / "gictl_application_load";
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "applications-x.jsonl") << R"({"applicationId":"a","application":{"displayName":"柚"}})"
                                                    << "\n";
  std::ofstream(directory / "lawbooks.jsonl") << R"({"lawbookId":"l","lawbook":{"displayName":"法"}})"
                                              << "\n";
  std::ofstream(directory / "targets.jsonl") << R"({"targetId":"t","target":{"value":"6"}})"
                                             << "\n";
  std::ofstream(directory / "products.jsonl") << R"({"productId":"p","product":{"displayName":"柚"}})"
                                              << "\n";
  EXPECT_EQ(Run({"load", directory.string()}), kSuccess) << out_ << err_;
  std::filesystem::remove_all(directory);
  EXPECT_THAT(methods_, ElementsAre("CreateProduct", "CreateLawBook", "CreateApplication", "CreateIndicatorTarget"));
  EXPECT_THAT(requests_["CreateApplication"], HasSubstr("application_id: \"a\""));
  EXPECT_THAT(requests_["CreateLawBook"], HasSubstr("lawbook_id: \"l\""));
  EXPECT_THAT(requests_["CreateIndicatorTarget"], HasSubstr("target_id: \"t\""));
}

TEST(LabelsTest, EveryWordOfTheProceduresIsChineseToo) {
  std::vector<const google::protobuf::EnumDescriptor*> types = {v1::TitleEventKind_descriptor()};
  for (const google::protobuf::FileDescriptor* file :
       {v1::Application::descriptor()->file(), v1::ApplicationState_descriptor()->file(),
        v1::Deadline::descriptor()->file(), v1::LawBook::descriptor()->file(), v1::Indicator::descriptor()->file()}) {
    for (int i = 0; i < file->enum_type_count(); ++i) types.push_back(file->enum_type(i));
  }
  for (const google::protobuf::EnumDescriptor* type : types) {
    for (int i = 1; i < type->value_count(); ++i) {
      const google::protobuf::EnumValueDescriptor& value = *type->value(i);
      EXPECT_NE(EnumLabel(value, Language::kChinese), EnumLabel(value, Language::kEnglish)) << value.name();
    }
  }
}

}  // namespace
}  // namespace gi::client::gictl
