/* SPDX-License-Identifier: Apache-2.0 */
/* English. Another language is another table of this kind, and its line in the list below. */
#include <string.h>
#include <strings.h>

#include "import/quote_words.h"

static const ew_quote_language english = {
    "en",
    {
        {EW_WORD_SAY,
         "said says told tells added adds asked asks replied insisted insists explained "
         "explains wrote writes stated warned warns argued argues claimed declared "
         "announced "
         "tweeted posted recalled recalls continued noted testified acknowledged "
         "admitted "
         "conceded shouted joked concluded responded answered remarked observed stressed "
         "emphasised emphasized predicted pleaded complained responded countered "
         "cautioned maintained alleged protested urged vowed pledged lamented quipped "
         "reiterated repeated commented agreed agrees suggested suggests confessed mused "
         "snapped whispered yelled sighed remembers remembered ventured reasoned "
         "thinks believes declares warns"},
        {EW_WORD_SAYING, "adding saying telling writing insisting asking explaining "
                         "arguing warning noting "
                         "claiming stating declaring"},
        {EW_WORD_CALL,
         "called calls described describes dismissed dismisses branded denounced "
         "labelled "
         "labeled condemned rejected rejects denied denies confirmed confirms praised "
         "criticised criticized characterised characterized accused accuses apologised "
         "apologized promised referred likened compared retracted defended defends "
         "hailed "
         "ridiculed decried thanked"},
        {EW_WORD_ROLE,
         "minister president lawyer attorney prosecutor director chief commander general "
         "colonel captain officer ambassador senator lawmaker teacher professor doctor "
         "resident activist analyst secretary editor reporter journalist councillor "
         "councilor "
         "engineer manager owner expert researcher monk priest bishop imam nurse student "
         "adviser advisor candidate leader premier chancellor coach head founder member "
         "deputy "
         "envoy technician archivist historian clerk mayor governor judge spokesperson "
         "superintendent inspector sergeant treasurer principal pastor farmer driver "
         "scientist economist author neighbour neighbor shopkeeper trader boss executive "
         "producer presenter broadcaster dean warden ranger negotiator coordinator "
         "organiser "
         "organizer investigator examiner speaker justice advocate linguist singer "
         "writer "
         "campaigner parent grandmother grandfather actor musician swimmer athlete "
         "carpenter "
         "electrician plumber baker butcher retiree pensioner veteran refugee migrant "
         "protester voter observer volunteer psychologist sociologist biologist chemist "
         "physicist surgeon pilot sailor photographer blogger columnist publisher "
         "landlord "
         "tenant customer passenger survivor victim suspect defendant plaintiff juror "
         "firefighter paramedic detective magistrate solicitor barrister auditor "
         "accountant "
         "banker investor consultant contractor developer architect designer programmer "
         "translator interpreter guide chef waiter cook miner shepherd gardener curator "
         "librarian composer conductor dancer poet novelist critic comedian commissioner "
         "undersecretary politician politicians mother father brother sister son "
         "daughter husband wife widow uncle "
         "aunt"},
        {EW_WORD_ROLE | EW_WORD_MALE,
         "spokesman chairman businessman policeman fisherman congressman councilman king "
         "prince alderman salesman"},
        {EW_WORD_ROLE | EW_WORD_FEMALE, "spokeswoman chairwoman businesswoman "
                                        "policewoman congresswoman councilwoman queen "
                                        "princess headmistress"},
        {EW_WORD_SPEAKS_FOR, "spokesman spokeswoman spokesperson"},
        {EW_WORD_MALE, "father brother son husband uncle"},
        {EW_WORD_FEMALE, "mother sister daughter wife widow aunt actress"},
        {EW_WORD_ROLE | EW_WORD_UNNAMED,
         "official source aide diplomat witness villager worker employee insider soldier "
         "officials sources aides diplomats witnesses villagers residents workers people "
         "person man woman passer-by bystander critics supporters neighbours neighbors "
         "staff users colleague relative friend guard"},
        {EW_WORD_TITLE,
         "minister president prime deputy vice foreign interior defence defense justice "
         "health "
         "finance police chief mayor judge governor senator secretary general ambassador "
         "commander director chairman chairwoman spokesman spokeswoman professor prof "
         "gen "
         "lt col maj sgt capt sen rep gov dr sir premier chancellor king queen prince "
         "princess inspector superintendent sergeant captain colonel major lieutenant "
         "brigadier admiral attorney councillor councilor archbishop bishop father "
         "sister "
         "reverend rev imam justice okhna samdech venerable speaker education "
         "information "
         "environment transport trade labour labor agriculture former acting "
         "then-president "
         "canon regulator deacon rabbi vicar abbot sheikh ayatollah cardinal pope "
         "monsignor "
         "dean provost chaplain marshal baron baroness count countess duke duchess emir "
         "sultan "
         "district provincial national state cmdr det supt insp detective constable hon"},
        {EW_WORD_TITLE | EW_WORD_MALE, "mr lord"},
        {EW_WORD_TITLE | EW_WORD_FEMALE, "mrs ms miss lady dame"},
        {EW_WORD_SHORT,
         "mr mrs ms dr prof gen lt col maj sgt capt sen rep gov st jr sr rev "
         "hon insp supt det cmdr no vs inc ltd co jan feb mar apr jun jul aug "
         "sep sept oct nov dec"},
        {EW_WORD_A, "a an one another two three several some many both"},
        {EW_WORD_THE, "the his her their its our"},
        {EW_WORD_OF, "of for from at in with on by near"},
        {EW_WORD_PLACE, "in at near across outside"},
        {EW_WORD_CUT,
         "and but that when while because if whether though although as after "
         "before so where than until since or"},
        {EW_WORD_BETWEEN,
         "also later then has had have reportedly again repeatedly simply "
         "quickly immediately flatly first once only even further earlier "
         "separately briefly quietly publicly bluntly angrily himself "
         "herself previously always never now still who've is was were "
         "been quoted as will would could did not"},
        {EW_WORD_OPENING | EW_WORD_NO_NAME,
         "monday tuesday wednesday thursday friday saturday sunday january february "
         "march "
         "april june july august september october november december meanwhile however "
         "later earlier yesterday today then still last this next early late on but and "
         "speaking asked"},
        {EW_WORD_NO_NAME,
         "the a an in at when while after before as for if it he she they we i his her "
         "their "
         "our there that these those what who why how no not yes with from by to since "
         "although though despite during according both all some many most one two three "
         "four five six seven eight nine ten none nobody everyone residents officials "
         "critics police however instead also only even under over between among "
         "about against where so or nor my your its now here once until because "
         "pressed standing reached told said photo image"},
        {EW_WORD_BODY,
         "ministry party university council court department agency committee office "
         "group "
         "foundation times news radio television tv post daily herald gazette commission "
         "authority company corporation bank institute centre center union association "
         "federation army force forces service services bureau assembly parliament "
         "senate "
         "congress government school hospital team society network alliance coalition "
         "wire press journal observer tribune nations house government province district "
         "street road river valley bridge hotel city island lake mountain airport "
         "station "
         "channel studio lab laboratory watch act bill fund trust league board library "
         "museum archive church police"},
        {EW_WORD_PRONOUN | EW_WORD_MALE, "he"},
        {EW_WORD_PRONOUN | EW_WORD_FEMALE, "she"},
        {EW_WORD_PRONOUN, "they we it i you"},
        {EW_WORD_WHO, "who whose which"},
        {EW_WORD_PARTICLE,
         "de van bin der von al la el ibn bint da dos di du le ten ter abu"},
        {0, NULL},
    }};

const ew_quote_language *ew_quote_language_of(ew_slice code)
{
    static const ew_quote_language *const all[] = {&english};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (code.n < 2 || strncasecmp(code.p, all[i]->code, 2) == 0)
            return all[i];
    return NULL;
}
