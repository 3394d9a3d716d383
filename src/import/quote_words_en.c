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
         "thinks believes declares warns "
         "retorted retorts asserted asserts opined posted posts noticed quips jokes "
         "shrugs "
         "shrugged laughed laughs grinned grumbled fumed texted emailed e-mailed "
         "messaged "
         "affirmed averred submitted disclosed revealed reveals reacted recounted "
         "recounts "
         "reflected reflects reminded reminds assured assures interjected thundered "
         "commented comments confided confides contended contends continues declared "
         "deadpanned demanded demands doubted elaborated enthused exclaimed exclaims "
         "hinted implied implored informed instructed intoned murmured muttered notes "
         "objected offered promised proposed protests read reads rejoined reasons "
         "relates "
         "related replies reports rues shouts shot signed spoke states stresses teased "
         "tweets urges wondered wonders wept cried cries counters claims concedes "
         "concludes observes complains cautions alleges alleged maintains predicts "
         "adamant say insist claim argue allege contend accepted accepts rubbished "
         "narrated "
         "lamented bemoaned blurted boasted bragged chimed chided "
         "chuckled clarified clarifies marvelled marveled moaned answers ranted"},
        {EW_WORD_SAYING, "adding saying telling writing insisting asking explaining "
                         "arguing warning noting "
                         "claiming stating declaring replying recalling stressing "
                         "joking posting tweeting promising vowing urging pleading"},
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
         "aunt strategist pollster lobbyist operative ally campaigner headteacher "
         "ombudsman curate fellow specialist biographer buyer seller trucker fisher "
         "congressperson legislator parliamentarian delegate solon lecturer theologian "
         "cleric preacher sheriff deputy ex-minister operator contractor dealer "
         "auctioneer broker midwife constable collector commodore rapporteur "
         "headmaster hairdresser mechanic baker builder cabbie barber commentator"},
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
         "district provincial national state cmdr det supt insp detective constable hon "
         "cllr cllrs oknha neak lok chumteav h.e he.e excellency excellencies datuk dato "
         "dato' "
         "datin tengku haji hajji hajj hajja hajjah alhaji alhaja smt shri shrimati "
         "thiru engr engineer atty barr barrister usec asec ven pastor commodore maitre "
         "ma\xC3\xAEtre dsp dcp sp ssp acp dig igp pc wpc pte cpl cst dci dcs "
         "brig herr frau senor se\xC3\xB1or senora se\xC3\xB1ora monsieur "
         "madame mademoiselle mme mlle bapak mgr msgr cpt cdr adm vadm hm hrh rt "
         "honourable honorable mp mla mep mlc mna msp ceo cfo coo ex-minister "
         "retired ret'd congressman congresswoman councilman councilwoman assemblyman "
         "assemblywoman sheriff commissioner solicitor marshal "
         "undersecretary adviser advisor economist analyst "
         "editor presenter broadcaster mullah maulana mufti ustaz ustadh lama ajahn "
         "moha borvor thipadei akka techo comrade comr pcso chief-of-staff sarpanch "
         "sardar thakur pandit dona dom dm cp "
         "acp boss sayadaw swami republican democrat democratic "
         "marine chieftain"},
        {EW_WORD_TITLE | EW_WORD_MALE, "mr lord"},
        {EW_WORD_TITLE | EW_WORD_FEMALE, "mrs ms miss lady dame"},
        {EW_WORD_SHORT,
         "mr mrs ms dr prof gen lt col maj sgt capt sen rep gov st jr sr rev "
         "hon insp supt det cmdr no vs inc ltd co jan feb mar apr jun jul aug "
         "brig adm engr atty barr ven smt usec asec cllr messrs mme mlle fr bro cpl pte "
         "cpt "
         "rt cdr mgr msgr h.e ft mt ave blvd dept gov't fig approx "
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
         "however emphatically drily dryly finally eventually promptly jokingly "
         "sharply softly calmly cheerfully curtly nervously recently subsequently "
         "consistently vehemently categorically strongly firmly formally yesterday "
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
         "pressed standing reached told said photo image he's she's it's they've i'm "
         "i've we're "
         "we've that's there's don't didn't sources witnesses villagers others another "
         "recently perhaps maybe well nobody nothing something everything anyone someone "
         "because thus hence indeed nonetheless nevertheless unlike like without within "
         "across around throughout amid alongside following given even any each every "
         "few "
         "several such same other more less much very just too additionally moreover "
         "furthermore similarly instead neither either nor hopefully sadly luckily "
         "clearly "
         "contacted reacting responding commenting addressing fielding writing quoting "
         "citing "
         "referring asked accordingly obviously surely indeed maybe yeah ok okay please "
         "thanks thank hello dear"},
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
        {EW_WORD_PARTICLE, "de van bin der von al la el ibn bint da dos di du le ten ter "
                           "abu dela del della "
                           "das ap ab ferch n\xC3\xAD nic ze zu zur zum den af av til ag "
                           "ould bte binti binte y "
                           "do von't op 't ul ur uz dei degli delle lo mac ua"},
        {EW_WORD_GIVEN_MALE,
         "john james robert michael william david richard joseph thomas charles daniel "
         "matthew anthony mark donald steven stephen paul andrew joshua kenneth kevin "
         "brian "
         "george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric "
         "jonathan "
         "larry justin scott brandon benjamin samuel gregory frank alexander raymond "
         "patrick "
         "jack dennis jerry tyler aaron jose adam nathan henry douglas peter zachary "
         "kyle "
         "walter harold jeremy ethan carl keith roger gerald christian terry sean arthur "
         "austin noah lawrence jesse joe bryan billy albert dylan bruce willie gabriel "
         "alan "
         "juan logan wayne ralph roy eugene randy vincent russell louis philip bobby "
         "johnny "
         "bradley mike tom bob bill jim dan steve chris matt tony greg ben sam ed ted "
         "fred "
         "rick ron ken tim jeff dave doug don phil nick jake josh andy barack bernie "
         "mitt "
         "newt karl rob rand brent carlos luis miguel pedro pablo diego jorge fernando "
         "ricardo eduardo antonio francisco manuel javier rafael sergio alejandro "
         "roberto "
         "enrique mario hugo oscar ivan boris dmitry sergei vladimir mikhail nikolai "
         "mohammed muhammad mohamed ahmed ali hassan hussein omar khalid ibrahim "
         "abdullah "
         "yusuf mustafa karim tariq rashid abdul suleiman musa usman kwame kofi kwabena "
         "emeka chinedu chukwuemeka olufemi babatunde tunde sipho thabo rajesh sanjay "
         "vijay "
         "suresh ramesh anil ravi arjun rahul amit deepak ashok narendra manmohan imran "
         "pierre jacques henri francois philippe giovanni giuseppe marco luca paolo "
         "matteo "
         "hans klaus wolfgang jurgen stefan lars sven ole bjorn gordon graham nigel ian "
         "simon alastair hamish rory callum gareth dafydd owen rhys declan liam conor "
         "padraig seamus brendan colin derek geoffrey trevor neil stuart martin barry "
         "clive "
         "duncan angus ewan malcolm ramon rodrigo arturo rodel noel jolyon tobias marcus "
         "lucas felix oliver harry leo theodore toby jeremiah elijah isaac abraham moses "
         "samir bilal hamza tomasz pavel vaclav zoltan istvan laszlo gabor andrei "
         "alexei"},
        {EW_WORD_GIVEN_FEMALE,
         "mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy "
         "lisa betty margaret sandra ashley dorothy kimberly emily donna michelle carol "
         "amanda melissa deborah stephanie rebecca laura sharon cynthia kathleen amy "
         "shirley "
         "angela helen anna brenda pamela nicole samantha katherine emma ruth christine "
         "catherine debra rachel carolyn janet virginia maria heather diane julie joyce "
         "victoria kelly christina joan evelyn lauren judith megan cheryl hannah martha "
         "jacqueline frances gloria ann teresa kathryn sara janice alice abigail julia "
         "judy "
         "sophia grace denise amber doris marilyn danielle beverly isabella theresa "
         "diana "
         "natalie brittany charlotte marie kayla alexis lori hillary ivanka melania "
         "carly "
         "elizabeth nikki kellyanne huma debbie susie katie kate jane anne claire "
         "eleanor "
         "fiona helena imelda priya lakshmi sonia indira meenakshi sunita anjali kavita "
         "fatima aisha khadija zainab mariam maryam amina halima hajara ngozi chioma "
         "amaka "
         "adaeze funke folasade akosua ama abena yaa aminata mariama grace esther miriam "
         "rosa carmen isabel ana lucia sofia elena guadalupe pilar josefina dolores "
         "juana "
         "olga natalia svetlana tatiana irina ekaterina anastasia ludmila jana petra "
         "ingrid astrid greta sigrid birgit heidi ursula angela gisela sabine monika "
         "sophie amelie agnes brigitte francoise isabelle veronique nathalie celine "
         "odile "
         "giulia francesca chiara valentina paola siobhan aoife niamh caitlin maeve "
         "bronwen "
         "rhiannon nia sian cerys wendy doreen maureen tamsin clarissa lucy olivia chloe "
         "harriet penelope philippa rosemary hazel daisy jasmine ruby molly ellie alison "
         "lorna morag mairi shanice latoya keisha tanya renae daw smt shrimati lupita "
         "pru"},
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
