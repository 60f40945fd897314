"""What is asked of workers: the kinds of requirements, and who meets them.

``registry`` holds the kinds, each answering both questions from one definition; ``screening``
asks them of one worker or of all of them. The sets themselves are changed by
``vetting.requirement_sets``.
"""
