/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases of WhatsApp's exports, by language of the phone. */
#include "import/whatsapp_words.h"

#include <string.h>
#include <strings.h>

#include "import/whatsapp_head.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Behind a file's name, on Android. */
static const char *const attached[] = {
    " (file attached)",       " (Datei angehängt)",    " (archivo adjunto)",
    " (fichier joint)",       " (arquivo anexado)",    " (ficheiro anexado)",
    " (file allegato)",       " (bestand bijgevoegd)", " (bijlage)",
    " (файл добавлен)",       " (файл додано)",        " (plik w załączeniu)",
    " (dosya ekli)",          " (file terlampir)",     " (tệp đính kèm)",
    " (файл прикреплен)",     " (tiedosto liitetty)",  " (fil bifogad)",
    " (fil vedlagt)",         " (fil vedhæftet)",      " (fișier atașat)",
    " (soubor byl přiložen)", " (fájl csatolva)",      " (文件附件)",
    " (檔案已附加)",          " (添付ファイル)",       " (파일 첨부됨)",
    " (الملف مرفق)",          " (ملف مرفق)",           " (फ़ाइल संलग्न है)",
};

/* Before a file's name in angles, on iPhones: "<attached: 00000012-AUDIO-2020.opus>". */
static const char *const angle[] = {
    "attached",  "Anhang",      "adjunto",    "pièce jointe ", "pièce jointe", "anexado",
    "anexo",     "allegato",    "bijgevoegd", "прикреплено",   "załącznik",    "ekli",
    "terlampir", "bifogad",     "vedlagt",    "附件",          "添付ファイル", "첨부",
    "مرفق",      "đã đính kèm", "liitetty",   "vedhæftet",
};

static const struct {
    const char *text;
    ew_attachment_kind kind;
} omitted[] = {
    {"<Media omitted>", EW_ATTACH_OTHER},
    {"<Medien ausgeschlossen>", EW_ATTACH_OTHER},
    {"<Medien weggelassen>", EW_ATTACH_OTHER},
    {"<Multimedia omitido>", EW_ATTACH_OTHER},
    {"<Archivo omitido>", EW_ATTACH_OTHER},
    {"<Médias omis>", EW_ATTACH_OTHER},
    {"<Fichier omis>", EW_ATTACH_OTHER},
    {"<Mídia oculta>", EW_ATTACH_OTHER},
    {"<Arquivo de mídia oculto>", EW_ATTACH_OTHER},
    {"<Ficheiro não revelado>", EW_ATTACH_OTHER},
    {"<Media omessi>", EW_ATTACH_OTHER},
    {"<Media weggelaten>", EW_ATTACH_OTHER},
    {"<Без медиафайлов>", EW_ATTACH_OTHER},
    {"<Файл пропущен>", EW_ATTACH_OTHER},
    {"<Медіа пропущено>", EW_ATTACH_OTHER},
    {"<Pominięto multimedia>", EW_ATTACH_OTHER},
    {"<Medya dahil edilmedi>", EW_ATTACH_OTHER},
    {"<Media tidak disertakan>", EW_ATTACH_OTHER},
    {"<Media utelämnat>", EW_ATTACH_OTHER},
    {"<Mediet utelatt>", EW_ATTACH_OTHER},
    {"<省略多媒体文件>", EW_ATTACH_OTHER},
    {"<メディアなし>", EW_ATTACH_OTHER},
    {"<미디어 파일을 생략한 대화내용>", EW_ATTACH_OTHER},
    {"<تم استبعاد الوسائط>", EW_ATTACH_OTHER},
    {"<मीडिया के बिना>", EW_ATTACH_OTHER},
    {"image omitted", EW_ATTACH_PHOTO},
    {"video omitted", EW_ATTACH_VIDEO},
    {"video note omitted", EW_ATTACH_VIDEO},
    {"audio omitted", EW_ATTACH_VOICE},
    {"sticker omitted", EW_ATTACH_STICKER},
    {"GIF omitted", EW_ATTACH_VIDEO},
    {"document omitted", EW_ATTACH_FILE},
    {"Contact card omitted", EW_ATTACH_CONTACT},
    {"Bild weggelassen", EW_ATTACH_PHOTO},
    {"Video weggelassen", EW_ATTACH_VIDEO},
    {"Audio weggelassen", EW_ATTACH_VOICE},
    {"Sticker weggelassen", EW_ATTACH_STICKER},
    {"GIF weggelassen", EW_ATTACH_VIDEO},
    {"Dokument weggelassen", EW_ATTACH_FILE},
    {"Kontaktkarte ausgelassen", EW_ATTACH_CONTACT},
    {"imagen omitida", EW_ATTACH_PHOTO},
    {"audio omitido", EW_ATTACH_VOICE},
    {"Video omitido", EW_ATTACH_VIDEO},
    {"documento omitido", EW_ATTACH_FILE},
    {"sticker omitido", EW_ATTACH_STICKER},
    {"image absente", EW_ATTACH_PHOTO},
    {"vidéo absente", EW_ATTACH_VIDEO},
    {"audio omis", EW_ATTACH_VOICE},
    {"document manquant", EW_ATTACH_FILE},
    {"sticker omis", EW_ATTACH_STICKER},
    {"imagem ocultada", EW_ATTACH_PHOTO},
    {"vídeo omitido", EW_ATTACH_VIDEO},
    {"áudio ocultado", EW_ATTACH_VOICE},
    {"immagine omessa", EW_ATTACH_PHOTO},
    {"video omesso", EW_ATTACH_VIDEO},
    {"audio omesso", EW_ATTACH_VOICE},
    {"afbeelding weggelaten", EW_ATTACH_PHOTO},
    {"video weggelaten", EW_ATTACH_VIDEO},
    {"audio weggelaten", EW_ATTACH_VOICE},
    {"изображение отсутствует", EW_ATTACH_PHOTO},
    {"видео отсутствует", EW_ATTACH_VIDEO},
    {"аудиофайл отсутствует", EW_ATTACH_VOICE},
};

static const char *const deleted[] = {
    "This message was deleted",
    "This message was deleted.",
    "You deleted this message",
    "You deleted this message.",
    "Diese Nachricht wurde gelöscht.",
    "Du hast diese Nachricht gelöscht.",
    "Se eliminó este mensaje.",
    "Eliminaste este mensaje.",
    "Ce message a été supprimé",
    "Vous avez supprimé ce message",
    "Esta mensagem foi apagada",
    "Mensagem apagada",
    "Questo messaggio è stato eliminato",
    "Dit bericht is verwijderd",
    "Данное сообщение удалено",
    "Bu mesaj silindi",
    "Pesan ini telah dihapus",
};

static bool ends_with(ew_slice s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && strncasecmp(s.p + s.n - n, end, n) == 0;
}

ew_attachment_kind ew_wa_kind_of(ew_slice name)
{
    static const struct {
        const char *end;
        ew_attachment_kind kind;
    } ends[] = {{".jpg", EW_ATTACH_PHOTO},    {".jpeg", EW_ATTACH_PHOTO},
                {".png", EW_ATTACH_PHOTO},    {".heic", EW_ATTACH_PHOTO},
                {".webp", EW_ATTACH_STICKER}, {".mp4", EW_ATTACH_VIDEO},
                {".mov", EW_ATTACH_VIDEO},    {".3gp", EW_ATTACH_VIDEO},
                {".opus", EW_ATTACH_VOICE},   {".m4a", EW_ATTACH_AUDIO},
                {".mp3", EW_ATTACH_AUDIO},    {".aac", EW_ATTACH_AUDIO},
                {".ogg", EW_ATTACH_AUDIO},    {".amr", EW_ATTACH_VOICE},
                {".vcf", EW_ATTACH_CONTACT}};
    if (ew_slice_skip(&(ew_slice){name.p, name.n}, "PTT-"))
        return EW_ATTACH_VOICE;
    for (size_t i = 0; i < COUNT(ends); i++)
        if (ends_with(name, ends[i].end))
            return ends[i].kind;
    return EW_ATTACH_FILE;
}

/* "IMG-20200102-WA0001.jpg (in any language)": the name says enough. */
static bool android_name(ew_slice line, ew_slice *name)
{
    static const char *const begins[] = {"IMG-", "VID-", "PTT-", "AUD-", "STK-", "DOC-"};
    const char *open = memmem(line.p, line.n, " (", 2);
    ew_slice s = line;
    bool known = false;
    for (size_t i = 0; i < COUNT(begins) && !known; i++)
        known = ew_slice_skip(&s, begins[i]);
    if (!known || open == NULL || line.p[line.n - 1] != ')' || s.n < 11 ||
        memcmp(s.p + 8, "-WA", 3) != 0)
        return false;
    for (int i = 0; i < 8; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    *name = (ew_slice){line.p, (size_t)(open - line.p)};
    return true;
}

static bool in_angles(ew_slice line, ew_slice *name)
{
    ew_slice s = line;
    if (s.n < 3 || s.p[s.n - 1] != '>' || !ew_slice_skip(&s, "<"))
        return false;
    s.n--;
    ew_wa_skip_marks(&s);
    for (size_t i = 0; i < COUNT(angle); i++) {
        ew_slice rest = s;
        if (!ew_slice_skip(&rest, angle[i]) || !ew_slice_skip(&rest, ":"))
            continue;
        (void)ew_slice_skip(&rest, " ");
        ew_wa_skip_marks(&rest);
        *name = rest;
        return rest.n > 0;
    }
    return false;
}

static bool behind_name(ew_slice line, ew_slice *name)
{
    for (size_t i = 0; i < COUNT(attached); i++) {
        if (!ends_with(line, attached[i]) || line.n == strlen(attached[i]))
            continue;
        *name = (ew_slice){line.p, line.n - strlen(attached[i])};
        return true;
    }
    return android_name(line, name);
}

static bool is_map(ew_slice line)
{
    static const char *const links[] = {
        "https://maps.google.com/", "https://maps.apple.com/", "https://foursquare.com/"};
    for (size_t i = 0; i < COUNT(links); i++)
        if (memmem(line.p, line.n, links[i], strlen(links[i])) != NULL)
            return true;
    return false;
}

ew_wa_what ew_wa_line(ew_slice line, ew_slice *name, ew_attachment_kind *kind)
{
    ew_wa_skip_marks(&line);
    *name = line;
    *kind = EW_ATTACH_OTHER;
    if (line.n == 0)
        return EW_WA_TEXT;
    if (in_angles(line, name) || behind_name(line, name)) {
        *kind = ew_wa_kind_of(*name);
        return EW_WA_ATTACHED;
    }
    for (size_t i = 0; i < COUNT(omitted); i++) {
        if (!ew_slice_is(line, omitted[i].text))
            continue;
        *kind = omitted[i].kind;
        return EW_WA_OMITTED;
    }
    for (size_t i = 0; i < COUNT(deleted); i++)
        if (ew_slice_is(line, deleted[i]))
            return EW_WA_DELETED;
    if (is_map(line)) {
        *kind = EW_ATTACH_LOCATION;
        return EW_WA_LOCATION;
    }
    return EW_WA_TEXT;
}
