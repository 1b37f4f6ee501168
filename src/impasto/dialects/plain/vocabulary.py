"""The words of English that say what kind of phrase a text is. Lists, no logic.

They hold what prompts are made of, not a dictionary: an unknown word counts as a noun.
"""

from __future__ import annotations

from typing import Final


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


ARTICLES: Final = words_of("a an the")
DETERMINERS: Final = ARTICLES | words_of(
    "this that these those his her hers its their my our your some many several few both one two "
    "three four five six seven eight nine ten eleven twelve twenty hundreds dozens"
)
NEGATIONS: Final = words_of("no not without never none neither nor")
LINKS: Final = words_of("and or but plus while whereas as which who whose that when where because")
PREPOSITIONS: Final = words_of(
    "in on at under underneath by from over behind beside besides between through during "
    "inside outside near across among amid amidst around before after along above below beneath "
    "into onto toward towards within to for like throughout beyond past about off up down upon via as "
    "against opposite"
)
CARRIERS: Final = words_of(
    "with of featuring wearing holding carrying wielding having showing including riding eating "
    "drinking reading using playing"
)
"""Words whose object takes the emphasis: "holding a striking sword"."""

ACTIONS: Final = words_of(
    "looking standing sitting facing lying running walking jumping kneeling leaning sleeping "
    "floating hovering dancing smiling laughing crying staring gazing posing swimming climbing "
    "flying waiting working resting hanging rising falling hiding touching hugging kissing "
    "surrounding chasing throwing driving catching watching crossing casting making taking being"
)
PARTICIPLES: Final = words_of(
    "lit made shot seen taken worn drawn torn built held caught set hung bound frozen woven "
    "written broken hidden cut thrown spread overgrown shown done left"
)
"""Irregular ones; a word in -ed before a preposition is one as well."""

NOT_PARTICIPLES: Final = words_of("bed seed weed shed sled speed reed feed breed creed steed red")

VERBS: Final = words_of(
    "is are was were has have had does sits stands looks wears holds carries walks rides runs "
    "sleeps smiles hovers rises gazes stares leaps jumps swims eats drinks reads plays dances "
    "fights hangs glows shines floats drifts sings crosses leans casts throws fills surrounds "
    "emerges lies leads shows makes takes gives gets goes comes seems appears becomes remains "
    "look looked wear hold sit stand walk sleep lie rest hover glow gleam gleams fades fade meets meet climbs crawls "
    "crouches kneels watches waits turns moves passes opens closes brings keeps falls flies "
    "stretches towers looms reaches drips swirls burns grows can will must should may"
)
IMPERATIVES: Final = words_of(
    "show draw paint create make add include generate imagine use keep avoid depict render"
)
PRONOUNS: Final = words_of("he she it they there we i you everyone everything nobody nothing")

ADJECTIVES: Final = words_of(
    "detailed intricate sharp crisp soft smooth rough blurry grainy glossy matte shiny dull bright "
    "dark dim moody gloomy warm cold cool hot vivid vibrant saturated desaturated muted pale deep "
    "beautiful pretty cute handsome elegant ugly gorgeous stunning lovely adorable epic heroic "
    "red green blue yellow orange purple pink brown black white gray grey golden silver teal "
    "turquoise crimson scarlet violet magenta cyan beige monochrome colorful colourful colorless "
    "old young ancient new modern vintage retro futuristic rustic medieval tall short big large "
    "small tiny huge giant massive tiny long wide narrow thin thick slim muscular heavy light "
    "wet dry foggy misty rainy snowy stormy sunny cloudy windy dusty smoky hazy sunlit moonlit "
    "backlit candlelit happy sad angry calm peaceful serene quiet lonely scary creepy eerie spooky "
    "mysterious dramatic cinematic realistic photorealistic hyperrealistic surreal abstract "
    "minimalist minimal simple complex ornate symmetrical asymmetrical dynamic static ethereal "
    "dreamy magical mystical whimsical romantic nostalgic melancholic gothic baroque organic "
    "natural artificial real fake imperfect perfect candid unposed asleep awake alone naked bare "
    "fluffy furry hairy curly straight wavy messy clean dirty rusty shabby worn transparent "
    "translucent opaque metallic iridescent holographic luminous radiant atmospheric volumetric "
    "panoramic aerial underwater important stylized flat round square fierce brave strong weak "
    "tense intimate playful bold delicate subtle lush barren empty crowded busy cluttered low high "
    "hard gentle faint slight rich fine golden early late"
)
NOUNS: Final = words_of(
    "light lighting lights neon snow rain fog mist smoke water fire sky sea sun moon hair eyes "
    "skin portrait photo photograph painting close-up autumn winter summer spring cherry film "
    "street city forest mountain mountains clouds shadows reflections"
)
"""Nouns that may open a sentence: their capital is the sentence's, not a name's."""

ADJECTIVE_ENDINGS: Final = ("istic", "ful", "ous", "less", "esque", "able", "ible", "like")
NOT_ADJECTIVES: Final = words_of(
    "table cable vegetable timetable handful spoonful mouthful armful glass dress princess "
    "mistress statistic childlike"
)
DEGREES: Final = words_of(
    "very highly extremely ultra super hyper insanely incredibly really quite rather slightly "
    "somewhat fairly extraordinarily exceptionally intensely remarkably moderately"
)
"""Adverbs of degree: a weight says its own, so they give way."""

QUALITY: Final = frozenset({
    "masterpiece", "best quality", "high quality", "highest quality", "top quality",
    "great quality", "good quality", "normal quality", "low quality", "worst quality",
    "amazing quality", "absurdres", "highres", "lowres", "hires", "high resolution", "high res",
    "hd", "full hd", "ultra hd", "uhd", "hdr", "hq", "award winning", "award-winning",
    "trending on artstation", "artstation", "unreal engine", "octane render", "raw photo",
    "official art", "newest", "very aesthetic", "professional", "safe", "sfw", "nsfw",
})  # fmt: skip
"""Labels that taggers use: no word makes one of them stronger."""

INSTEAD: Final = {
    "people": "an empty, deserted scene",
    "crowd": "a single figure",
    "text": "clean, unmarked surfaces",
    "watermark": "a clean, unmarked picture",
    "blurry": "sharp focus",
    "blur": "sharp focus",
    "blurred": "sharp focus",
    "out of focus": "sharp focus",
    "low quality": "fine detail",
    "worst quality": "fine detail",
    "low resolution": "fine detail",
    "deformed": "natural proportions",
    "distorted": "natural proportions",
    "deformed hands": "natural hands with five fingers",
    "bad hands": "natural hands with five fingers",
    "extra fingers": "natural hands with five fingers",
    "bad anatomy": "natural proportions",
    "extra limbs": "natural proportions",
    "plastic skin": "skin with visible pores",
    "airbrushed face": "skin with visible pores",
    "dark": "bright, even light",
    "bright": "low, dim light",
    "cartoon": "a real photograph",
    "illustration": "a real photograph",
    "painting": "a real photograph",
    "cgi": "a real photograph",
    "3d render": "a real photograph",
    "photo": "a painting",
    "photorealistic": "a painting",
    "cluttered": "a plain, tidy setting",
    "busy background": "a plain background",
    "oversaturated": "muted, natural colors",
    "modern": "the things of the period",
    "cars": "an empty road",
}
"""What to ask for in place of what should not be there. After the replacement table of BFL's
prompting guide for FLUX, which knows no negative prompt; the words are ours."""
