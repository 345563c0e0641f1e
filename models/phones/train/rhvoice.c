/* Has RHVoice speak: rhvoice.exe DATA. Reads lines `VOICE <tab> RATE <tab> PITCH <tab> FILE <tab> TEXT`, writes FILE (16-bit samples, the
   rate is printed first) and says `ok FILE SAMPLES` or `no FILE`. RATE and PITCH are factors. The types are those of RHVoice.h 1.2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

typedef struct {
    int (*set_sample_rate)(int rate, void *user);
    int (*play_speech)(const short *samples, unsigned count, void *user);
    int (*process_mark)(const char *name, void *user);
    int (*word_starts)(unsigned position, unsigned length, void *user);
    int (*word_ends)(unsigned position, unsigned length, void *user);
    int (*sentence_starts)(unsigned position, unsigned length, void *user);
    int (*sentence_ends)(unsigned position, unsigned length, void *user);
    int (*play_audio)(const char *source, void *user);
    void (*done)(void *user);
} callbacks;

typedef struct {
    const char *data_path, *config_path;
    const char **resource_paths;
    callbacks callbacks;
    unsigned options;
} init_params;

typedef struct {
    const char *voice_profile;
    double absolute_rate, absolute_pitch, absolute_volume, relative_rate, relative_pitch, relative_volume;
    int punctuation_mode;
    const char *punctuation_list;
    int capitals_mode, flags;
} synth_params;

static int sample_rate;
static FILE *out;
static long written;

static int on_rate(int rate, void *user) {
    (void)user;
    sample_rate = rate;
    return 1;
}

static int on_speech(const short *samples, unsigned count, void *user) {
    (void)user;
    written += fwrite(samples, sizeof *samples, count, out);
    return 1;
}

int main(int argc, char **argv) {
    HMODULE lib = LoadLibraryA("RHVoice.dll");
    if (argc != 2 || !lib) {
        fprintf(stderr, "usage: rhvoice.exe DATA, with RHVoice.dll beside it (error %lu)\n", GetLastError());
        return 1;
    }
    void *(*new_engine)(const init_params *) = (void *)GetProcAddress(lib, "RHVoice_new_tts_engine");
    void *(*new_message)(void *, const char *, unsigned, int, const synth_params *, void *) = (void *)GetProcAddress(lib, "RHVoice_new_message");
    int (*speak)(void *) = (void *)GetProcAddress(lib, "RHVoice_speak");
    void (*delete_message)(void *) = (void *)GetProcAddress(lib, "RHVoice_delete_message");
    init_params init = {.data_path = argv[1], .config_path = argv[1], .callbacks = {.set_sample_rate = on_rate, .play_speech = on_speech}};
    void *engine = new_engine(&init);
    if (!engine) {
        fprintf(stderr, "RHVoice finds no voice in %s\n", argv[1]);
        return 1;
    }
    static char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\r\n")] = 0;
        char *voice = strtok(line, "\t"), *rate = strtok(NULL, "\t"), *pitch = strtok(NULL, "\t"), *file = strtok(NULL, "\t"), *text = strtok(NULL, "");
        if (!text || !(out = fopen(file, "wb"))) {
            printf("no %s\n", file ? file : "");
            continue;
        }
        synth_params how = {.voice_profile = voice, .relative_rate = atof(rate), .relative_pitch = atof(pitch), .relative_volume = 1, .punctuation_mode = 1, .capitals_mode = 1};
        written = 0;
        void *message = new_message(engine, text, strlen(text), 0, &how, NULL);
        int spoken = message && speak(message);
        if (message) delete_message(message);
        fclose(out);
        if (spoken) printf("ok %d %s %ld\n", sample_rate, file, written);
        else printf("no %s\n", file);
        fflush(stdout);
    }
    return 0;
}
